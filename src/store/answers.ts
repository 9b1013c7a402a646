// Answers that a person can still leaf through or share.
import type { AnswerShelf } from '../dispatch/answers.ts';
import type { Store } from './store.ts';

export function answerShelf(store: Store): AnswerShelf {
  return {
    put: (answer, forgetBefore) =>
      store.commit(async (tx) => {
        await tx.deleteFrom('answers').where('at', '<', forgetBefore.getTime()).execute();
        await tx
          .insertInto('answers')
          .values({
            id: answer.id,
            person_id: answer.personId,
            command: answer.command,
            at: answer.at.getTime(),
            answer: answer.content,
          })
          .execute();
      }),

    async find(id) {
      const row = await store.db.selectFrom('answers').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      return {
        id: row.id,
        personId: row.person_id,
        command: row.command,
        at: new Date(row.at),
        content: row.answer,
      };
    },
  };
}
