// What webhooks of these tests present.
export const token = 'the-token-of-these-tests';
