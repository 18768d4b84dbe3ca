import { type OwnerQuestion, decideOwner } from "../../src/links/decide-owner";

const unknown: OwnerQuestion = {
  claimedBy: null,
  customer: "cus_1",
  linkedUser: null,
  wasUnlinked: false,
  givenTo: null,
  wasRemoved: false,
  addressee: null,
  hasAddress: true,
  mayCreate: true,
};
const ada = { userId: "Ada", isVerified: true, hasOtherCustomer: false };

/** Whose purchase is it? Read a line as: when this is known, it is theirs, and that is how we know. */
describe("whose purchase it is, the first answer winning", () => {
  const table: [known: string, question: Partial<OwnerQuestion>, answer: string][] = [
    ["our own record says that Ada bought it", { claimedBy: "Ada", linkedUser: "Bob" }, "Ada by CLAIM"],
    ["the customer is linked to Bob: TA-X18", { linkedUser: "Bob", addressee: ada }, "Bob by CUSTOMER"],
    ["the address is Ada's, and verified", { addressee: ada }, "Ada by EMAIL"],
    [
      "the address is Ada's, and nobody has verified it: CH-X11",
      { addressee: { ...ada, isVerified: false } },
      "nobody: UNVERIFIED_CANDIDATE, perhaps Ada",
    ],
    [
      "the address is Ada's, who is another customer already: CH-X11",
      { addressee: { ...ada, hasOtherCustomer: true } },
      "nobody: AMBIGUOUS, perhaps Ada",
    ],
    ["nobody has the address: RWS-S7, TA-X17", {}, "a new user"],
    ["nobody has the address, and purchases make no users", { mayCreate: false }, "nobody: USERS_NOT_CREATED"],
    ["there is no address", { hasAddress: false }, "nobody: NO_EMAIL"],
    ["somebody unlinked the customer: RWS-S17", { wasUnlinked: true, addressee: ada }, "nobody: AMBIGUOUS"],
    ["a guest, seen before", { customer: null, givenTo: "Ada" }, "Ada by EMAIL"],
    ["a guest whose user was removed", { customer: null, wasRemoved: true }, "nobody: PERSON_REMOVED"],
  ];
  test.each(table)("%s", (_known, question, answer) => {
    const owner = decideOwner({ ...unknown, ...question });
    const perhaps = owner.by === null && owner.candidates.length > 0 ? `, perhaps ${owner.candidates.join(", ")}` : "";
    const said =
      owner.by === null
        ? `nobody: ${owner.reason}${perhaps}`
        : owner.userId
          ? `${owner.userId} by ${owner.by}`
          : "a new user";
    expect(said).toBe(answer);
  });
});
