import { type OwnerQuestion, decideOwner } from "../../src/links/decide-owner";

const unknown: OwnerQuestion = {
  claimedBy: null,
  openedFor: [],
  linkedUser: null,
  wasUnlinked: false,
  wasRemoved: false,
  addressee: null,
  hasAddress: true,
  mayCreate: true,
};
const ada = { userId: "Ada", isVerified: true, isTaken: true };
const unproved = { userId: "Ada", isVerified: false, isTaken: true };
const untaken = { userId: "Ada", isVerified: false, isTaken: false };

/** Each line: when this is known, the purchase is theirs, and this is how it was found out. */
describe("whose purchase it is, the first answer winning", () => {
  const table: [known: string, question: Partial<OwnerQuestion>, answer: string][] = [
    ["it was claimed for Ada", { claimedBy: "Ada", openedFor: ["Bob"], linkedUser: "Bob" }, "Ada by CLAIM"],
    ["we opened the checkout for Ada: TA-X18", { openedFor: ["Ada"], linkedUser: "Bob" }, "Ada by CLAIM"],
    ["Ada's checkout, of a customer with Bob's address", { openedFor: ["Ada"], addressee: bob() }, "Ada by CLAIM"],
    ["Ada's checkout, of a customer that was unlinked", { openedFor: ["Ada"], wasUnlinked: true }, "Ada by CLAIM"],
    ["two checkouts of Ada's", { openedFor: ["Ada", "Ada"] }, "Ada by CLAIM"],
    ["checkouts of two users", { openedFor: ["Ada", "Bob"] }, "nobody: AMBIGUOUS, perhaps Ada, Bob"],
    ["the customer is linked to Bob: TA-X18", { linkedUser: "Bob", addressee: ada }, "Bob by CUSTOMER"],
    ["the customer was moved to Bob by hand", { linkedUser: "Bob", wasUnlinked: true }, "Bob by CUSTOMER"],
    ["the address is Ada's, and proved", { addressee: ada }, "Ada by EMAIL"],
    ["the address is Ada's, whom nobody has taken", { addressee: untaken }, "Ada by EMAIL"],
    ["the same, and purchases create no users", { addressee: untaken, mayCreate: false }, "Ada by EMAIL"],
    [
      "the address is Ada's, and nobody has proved it: CH-X11",
      { addressee: unproved },
      "nobody: UNVERIFIED_CANDIDATE, perhaps Ada",
    ],
    ["nobody has the address: RWS-S7, TA-X17", {}, "a new user"],
    ["nobody has the address, and purchases create no users", { mayCreate: false }, "nobody: USERS_NOT_CREATED"],
    ["there is no address", { hasAddress: false }, "nobody: NO_EMAIL"],
    ["the customer was unlinked by hand: RWS-S17", { wasUnlinked: true }, "nobody: AMBIGUOUS"],
    [
      "the customer was unlinked by hand, and Ada has its address",
      { wasUnlinked: true, addressee: ada },
      "nobody: AMBIGUOUS, perhaps Ada",
    ],
    ["its user was removed", { wasRemoved: true }, "nobody: PERSON_REMOVED"],
    ["its user was removed, and Ada has the address", { wasRemoved: true, addressee: ada }, "nobody: PERSON_REMOVED"],
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

function bob() {
  return { userId: "Bob", isVerified: true, isTaken: true };
}
