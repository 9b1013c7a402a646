// A certificate for 127.0.0.1, and the authority that signed it, made for one start of the server.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** Of the authority: clients trust it. */
  readonly ca: string;
}

const generate = promisify(generateKeyPair);
const day = 86_400_000;

/** Valid from yesterday for a year, so that a clock that is a little off does no harm. */
export async function createCertificate(): Promise<Certificate> {
  // One key serves both, because making one takes a tenth of a second or more.
  const pair = await keyPair();
  const ca = unsigned(pair, 'homelab-ca', 'homelab-ca');
  ca.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  ca.sign(pair.key, forge.md.sha256.create());
  const cert = unsigned(pair, 'kube-apiserver', 'homelab-ca');
  cert.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 7, ip: '127.0.0.1' },
        { type: 2, value: 'localhost' },
      ],
    },
  ]);
  cert.sign(pair.key, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(cert), key: pair.pem, ca: forge.pki.certificateToPem(ca) };
}

interface KeyPair {
  readonly pem: string;
  readonly key: forge.pki.rsa.PrivateKey;
  readonly public: forge.pki.rsa.PublicKey;
}

/** Node makes the key, because in JavaScript it would take seconds. */
async function keyPair(): Promise<KeyPair> {
  const made = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    pem: made.privateKey,
    key: forge.pki.privateKeyFromPem(made.privateKey),
    public: forge.pki.publicKeyFromPem(made.publicKey),
  };
}

function unsigned({ public: publicKey }: KeyPair, name: string, issuer: string): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = publicKey;
  // Positive, as the first bit of a serial number would be its sign.
  cert.serialNumber = `01${randomBytes(8).toString('hex')}`;
  cert.validity.notBefore = new Date(Date.now() - day);
  cert.validity.notAfter = new Date(Date.now() + 365 * day);
  cert.setSubject([{ name: 'commonName', value: name }]);
  cert.setIssuer([{ name: 'commonName', value: issuer }]);
  return cert;
}
