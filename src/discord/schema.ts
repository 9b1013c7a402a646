// The parts of Discord's answers and events that are used, parsed once where they come in.
import { z } from 'zod';

export const Snowflake = z.string().regex(/^\d{1,20}$/);

export const IdOnly = z.object({ id: Snowflake });

export const MessagePage = z
  .array(
    z.object({
      id: Snowflake,
      author: IdOnly,
      content: z.string().default(''),
      embeds: z.array(z.object({ footer: z.object({ text: z.string() }).nullish() })).default([]),
      message_reference: z.object({ message_id: Snowflake.nullish() }).nullish(),
    }),
  )
  .max(1000);
export type MessagePage = z.infer<typeof MessagePage>;

/** Types of interactions, options and components that are told apart (docs, interactions/receiving-and-responding). */
const OptionLeaf = z.object({
  name: z.string().max(100),
  type: z.number().int(),
  value: z.union([z.string().max(6000), z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
});
export type OptionLeaf = z.infer<typeof OptionLeaf>;

const OptionBranch = OptionLeaf.extend({ options: z.array(OptionLeaf).max(25).optional() });

/** A subcommand group, a subcommand or a plain option. */
const OptionRoot = OptionLeaf.extend({ options: z.array(OptionBranch).max(25).optional() });
export type OptionRoot = z.infer<typeof OptionRoot>;

/** What a person wrote into a modal; other components of it are of no use here. */
const Field = z.object({ custom_id: z.string().max(100), value: z.string().max(4000).default('') });

const User = z.object({ id: Snowflake, username: z.string().max(100) });

export const Interaction = z.object({
  id: Snowflake,
  application_id: Snowflake,
  type: z.number().int(),
  token: z.string().min(1).max(4096),
  guild_id: Snowflake.nullish(),
  channel_id: Snowflake.nullish(),
  channel: IdOnly.nullish(),
  member: z.object({ user: User, roles: z.array(Snowflake).max(1000) }).nullish(),
  user: User.nullish(),
  message: IdOnly.nullish(),
  data: z
    .object({
      name: z.string().max(100).optional(),
      type: z.number().int().optional(),
      options: z.array(OptionRoot).max(25).optional(),
      custom_id: z.string().max(100).optional(),
      component_type: z.number().int().optional(),
      /** Of a select. */
      values: z.array(z.string().max(100)).max(25).optional(),
      /** Of a modal: labels with a text input each. */
      components: z
        .array(z.object({ component: Field.optional() }))
        .max(10)
        .optional(),
    })
    .nullish(),
});
export type Interaction = z.infer<typeof Interaction>;
