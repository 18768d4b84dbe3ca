/** True in `npm run test:long`, where stories are longer, lists fuller and more processes are killed. */
export const isLong = process.env["TEST_LONG"] === "yes";
