# shellcheck shell=bash
# Sourced by the image's entrypoint, once, on a server without data: the users beside root and the application's, and the databases of tenants.
docker_process_sql --database=mysql <<SQL
CREATE USER 'exporter'@'127.0.0.1' IDENTIFIED BY '$(<"$CREDENTIALS/exporter-password")' WITH MAX_USER_CONNECTIONS 5;
GRANT PROCESS, REPLICATION CLIENT, SELECT ON *.* TO 'exporter'@'127.0.0.1';
CREATE USER 'backup'@'%' IDENTIFIED BY '$(<"$CREDENTIALS/backup-password")' WITH MAX_USER_CONNECTIONS 5;
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON *.* TO 'backup'@'%';
GRANT ALL ON \`tenant%\`.* TO '$MYSQL_USER'@'%';
SQL
