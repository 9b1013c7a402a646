// Every number of Discord's that this program keeps to, each with its source.

/**
 * Lengths are counted in UTF-16 code units: Discord's documents do not say what it counts, and there are never fewer code
 * units than code points. Sources: "docs" is discord.com/developers/docs, "spec" is Discord's published OpenAPI document.
 */
export const limits = {
  /** docs, resources/message#create-message. */
  content: 2000,
  /** Ours: a lock screen shows some two lines. */
  headline: 250,
  /** docs, resources/message#embed-object-embed-limits. */
  embed: { title: 256, description: 4096, footer: 2048, all: 6000 },
  /** Ours: the footer is small print. */
  footerText: 300,
  /** docs, components/reference: action rows, buttons. */
  rows: 5,
  buttonsPerRow: 5,
  buttonLabel: 80,
  buttonUrl: 512,
  customId: 100,
  /** docs, components/reference: string select. */
  select: { options: 25, label: 100, value: 100, description: 100, placeholder: 150 },
  /** docs, interactions/receiving-and-responding#modal, components/reference: label and text input. */
  modal: { title: 45, fields: 5, label: 45, description: 100, placeholder: 100, value: 4000 },
  /** docs, resources/message#embed-object: no number is given; browsers and Discord's clients take 2048. */
  embedUrl: 2048,
  /** spec, `MessageCreateRequest.attachments.maxItems`. */
  files: 10,
  /** docs, reference#uploading-files: 10 MiB a file where the server has no boost, 25 MiB a request. */
  fileBytes: 10 * 1024 * 1024,
  requestBytes: 25 * 1024 * 1024,
  /** docs, resources/message#attachment-object: description. */
  altText: 1024,
  /** Ours. */
  fileName: 100,
  /** docs, resources/message#allowed-mentions-object. */
  mentionRoles: 100,
  /** docs, resources/message#create-message: nonce. */
  nonce: 25,
  /** docs, interactions/application-commands: command, option and choice objects. */
  command: { name: 32, description: 100, options: 25, choices: 25, choiceName: 100, choiceValue: 100, perGuild: 100 },
  /** docs, resources/channel#get-channel-messages. */
  page: 100,
} as const;

/** Milliseconds of Discord's epoch, the first second of 2015 (docs, reference#snowflakes). */
const epoch = 1_420_070_400_000;

/** The smallest snowflake of that moment. */
export function snowflakeAt(time: Date): string {
  return String(BigInt(Math.max(0, time.getTime() - epoch)) << 22n);
}

/** Milliseconds since 1970 of a snowflake's making; NaN for what is none. */
export function timeOf(snowflake: string): number {
  return /^\d{1,20}$/.test(snowflake) ? Number(BigInt(snowflake) >> 22n) + epoch : Number.NaN;
}

/** Discord's ids as this program takes them: anything else never becomes markup or part of a path. */
export function isSnowflake(id: string): boolean {
  return /^\d{17,20}$/.test(id);
}
