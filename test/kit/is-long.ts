/** True in `npm run test:long`, where stories are longer, lists fuller and more processes are killed. */
export const isLong = process.env["TEST_LONG"] === "yes";

/** Tests of the long suite alone. The short one holds other cases of what they assert. */
export const testLong = isLong ? test : leaveOut;
export const describeLong = isLong ? describe : leaveOut;

function leaveOut(_title: string, _body: () => unknown): void {}
