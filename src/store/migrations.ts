// The schema, step by step; a step that has been released is never changed.
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** In the order of their names. */
export const migrations: Record<string, Migration> = {
  '0001-first-walk': {
    async up(db) {
      await db.schema
        .createTable('incidents')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('receiver', 'text', (c) => c.notNull())
        .addColumn('group_key', 'text', (c) => c.notNull())
        .addColumn('opened_at', 'integer', (c) => c.notNull())
        .addColumn('closed_at', 'integer')
        .addColumn('state', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('incidents_group')
        .on('incidents')
        .columns(['receiver', 'group_key', 'opened_at'])
        .execute();
      await db.schema.createIndex('incidents_closed').on('incidents').column('closed_at').execute();

      await db.schema
        .createTable('cards')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('refused_channel_id', 'text')
        .addColumn('priority', 'integer', (c) => c.notNull())
        .addColumn('revision', 'integer', (c) => c.notNull())
        .addColumn('shown_revision', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('message_id', 'text')
        .addColumn('creations', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('intent_at', 'integer')
        .addColumn('intent_revision', 'integer')
        .addColumn('look_since', 'integer')
        .addColumn('mention_roles', 'text', (c) => c.notNull().defaultTo('[]'))
        .addColumn('ring', 'integer', (c) => c.notNull())
        .addColumn('retry_at', 'integer')
        .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('wanted_at', 'integer', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .execute();
      // Partial, so that the publisher's question costs the cards that wait and not all there ever were.
      await sql`create index cards_due on cards (channel_id, priority, wanted_at) where shown_revision < revision`.execute(
        db,
      );
      await db.schema
        .createTable('posts')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'integer', (c) => c.notNull())
        .addColumn('message', 'text', (c) => c.notNull())
        .execute();

      await db.schema
        .createTable('audit')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('at', 'integer', (c) => c.notNull())
        .addColumn('reference', 'text', (c) => c.notNull())
        .addColumn('phase', 'text', (c) => c.notNull())
        .addColumn('person_id', 'text', (c) => c.notNull())
        .addColumn('username', 'text', (c) => c.notNull())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('action', 'text', (c) => c.notNull())
        .addColumn('target', 'text', (c) => c.notNull())
        .addColumn('level', 'text')
        .addColumn('reason', 'text')
        .addColumn('approver', 'text')
        .addColumn('outcome', 'text')
        .addColumn('duration_ms', 'integer')
        .execute();
      await db.schema.createIndex('audit_at').on('audit').column('at').execute();
      await db.schema
        .createTable('interactions')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'integer', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('interactions_at').on('interactions').column('at').execute();
      await db.schema
        .createTable('answers')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('person_id', 'text', (c) => c.notNull())
        .addColumn('command', 'text', (c) => c.notNull())
        .addColumn('at', 'integer', (c) => c.notNull())
        .addColumn('answer', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('answers_at').on('answers').column('at').execute();
    },
  },
  '0002-operations': {
    async up(db) {
      await db.schema
        .createTable('operations')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('app', 'text', (c) => c.notNull())
        .addColumn('started_at', 'integer', (c) => c.notNull())
        .addColumn('ended_at', 'integer')
        .addColumn('state', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('operations_app').on('operations').columns(['app', 'started_at']).execute();
      await sql`create unique index operations_running on operations (app) where ended_at is null`.execute(db);
    },
  },
  '0003-abort-asked-by': {
    async up(db) {
      await db.schema.alterTable('operations').addColumn('abort_asked_by', 'text').execute();
    },
  },
  '0004-watchdog': {
    async up(db) {
      await db.schema
        .createTable('watches')
        .addColumn('alertname', 'text', (c) => c.primaryKey())
        .addColumn('since', 'integer', (c) => c.notNull())
        .addColumn('seen_at', 'integer')
        .addColumn('ended_at', 'integer')
        .execute();
      await db.schema
        .createTable('absences')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('over_at', 'integer')
        .addColumn('state', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('outages')
        .addColumn('since', 'integer', (c) => c.primaryKey())
        .addColumn('ms', 'integer', (c) => c.notNull())
        .execute();
    },
  },
  '0005-receivers': {
    async up(db) {
      await db.schema
        .createTable('receivers')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('called_at', 'integer', (c) => c.notNull())
        .execute();
      await sql`insert into receivers select receiver, min(opened_at) from incidents group by receiver`.execute(db);
    },
  },
  '0006-cards-shown-at': {
    async up(db) {
      await db.schema.alterTable('cards').addColumn('shown_at', 'integer').execute();
    },
  },
  '0007-rings': {
    async up(db) {
      await db.schema.alterTable('cards').addColumn('reply_to', 'text').execute();
      await db.schema.alterTable('cards').addColumn('reply_revision', 'integer').execute();
      await sql`create index cards_reply on cards (reply_to) where reply_to is not null`.execute(db);
      await db.schema.alterTable('incidents').addColumn('escalate_at', 'integer').execute();
      await sql`create index incidents_escalate on incidents (escalate_at) where escalate_at is not null`.execute(db);
    },
  },
  '0008-digests': {
    async up(db) {
      await db.schema
        .createTable('digests')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('channel_id', 'text', (c) => c.notNull())
        .addColumn('opened_at', 'integer', (c) => c.notNull())
        .addColumn('closed_at', 'integer')
        .execute();
      // One storm a channel at a time.
      await sql`create unique index digests_open on digests (channel_id) where closed_at is null`.execute(db);
      await db.schema.alterTable('cards').addColumn('folded_into', 'text').execute();
      await sql`create index cards_folded on cards (folded_into, id) where folded_into is not null`.execute(db);
    },
  },
  '0011-incident-parts': {
    async up(db) {
      await db.schema
        .alterTable('incidents')
        .addColumn('parts', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('incident_parts')
        .addColumn('incident_id', 'text', (c) => c.notNull().references('incidents.id').onDelete('cascade'))
        .addColumn('part', 'integer', (c) => c.notNull())
        .addColumn('alerts', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('incident_parts_pk', ['incident_id', 'part'])
        .execute();
      await sql`create trigger incident_has_fewer_parts after update of parts on incidents when new.parts < old.parts begin
        delete from incident_parts where incident_id = new.id and part >= new.parts; end`.execute(db);
    },
  },
};
