import {
  closeBrowser,
  closeShops,
  describeInBrowser,
  look,
  makePrice,
  makeSession,
  monthly,
  openBrowser,
  openShop,
  typeCard,
} from "./browser-kit";

describeInBrowser("checkout pages in a browser", () => {
  beforeAll(openBrowser);
  afterEach(closeShops);
  afterAll(closeBrowser);

  test("a buyer pays and is sent back to the shop, which has heard of it before", async () => {
    const shop = await openShop();
    const { page, receiver, home } = shop;
    const session = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 2 }] });
    await page.goto(session.url ?? "");
    await look(page, "checkout");
    expect(await page.getByText("$38.00 due today").count()).toBe(1);
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4242 4242 4242 4242");
    let answered = false;
    // The shop takes its time; the buyer is not sent back before it has answered.
    receiver.answerWith(({ body }) => {
      if (!body.includes('"checkout.session.completed"')) return 200;
      return new Promise((resolve) => {
        setTimeout(() => {
          answered = true;
          resolve(200);
        });
      });
    });
    const answeredBefore = page.waitForRequest(`${home}thanks*`).then(() => answered);
    await page.getByRole("button", { name: "Pay $38.00" }).click();
    await page.waitForURL(`${home}thanks?session=${session.id}`);
    expect(await answeredBefore).toBe(true);
    const paid = await shop.stripe.checkout.sessions.retrieve(session.id);
    expect(paid).toMatchObject({
      status: "complete",
      payment_status: "paid",
      customer_details: { email: "ada@example.com" },
    });
    expect(shop.strangers).toEqual([]);
    await page.goto(`${shop.simulator.url}/c/pay/${session.id}`);
    expect(await page.textContent("main")).toContain("all done here");
    await look(page, "checkout-complete");
  });

  test("a shop that does not answer keeps the buyer only for a while", async () => {
    const shop = await openShop({ redirectWaitMs: 200 });
    const { page } = shop;
    const session = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    shop.receiver.answerWith(({ body }) => (body.includes("checkout.session") ? new Promise(() => {}) : 200));
    await page.goto(session.url ?? "");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: "Pay" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    const [open] = (await shop.stripe.events.list({ type: "checkout.session.completed" })).data;
    expect(open?.pending_webhooks).toBe(1);
  });

  test("a card that is declined says so, keeps what was typed, and the next card pays", async () => {
    const shop = await openShop();
    const { page } = shop;
    const session = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    await page.goto(session.url ?? "");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4000 0000 0000 0002");
    await page.getByRole("button", { name: "Pay" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("declined");
    expect(await page.getByLabel("E-mail").inputValue()).toBe("ada@example.com");
    await look(page, "checkout-declined");
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
    for (const [number, said] of [
      ["4111 1111 1111 1111", "number is incorrect"],
      ["4000 0000 0000 9995", "insufficient funds"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      await page.getByLabel("Card number").fill(number);
      // oxlint-disable-next-line no-await-in-loop
      await page.getByRole("button", { name: "Pay" }).click();
      // oxlint-disable-next-line no-await-in-loop
      expect(await page.getByRole("alert").textContent()).toContain(said);
    }
    await page.getByLabel("Card number").fill("4242424242424242");
    await page.getByRole("button", { name: "Pay" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  test("a card that asks leads to its bank: refused, the session stays open; agreed, it is paid", async () => {
    const shop = await openShop();
    const { page } = shop;
    const session = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    await page.goto(session.url ?? "");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4000 0027 6000 3184");
    await page.getByRole("button", { name: "Pay" }).click();
    await look(page, "checkout-bank");
    await page.getByRole("button", { name: "Fail" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("unable to authenticate");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4000 0027 6000 3184");
    await page.getByRole("button", { name: "Pay" }).click();
    await page.getByRole("button", { name: "Complete" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  test("a bank account completes the session unpaid, and the money arrives when the control room says so", async () => {
    const shop = await openShop({}, { javaScriptEnabled: false });
    const { page } = shop;
    const price = await makePrice(shop, { currency: "eur" });
    const session = await makeSession(shop, { line_items: [{ price, quantity: 1 }] });
    await page.goto(session.url ?? "");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Bank account").check();
    await page.getByRole("button", { name: "Pay" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    const waiting = await shop.stripe.checkout.sessions.retrieve(session.id);
    expect(waiting).toMatchObject({ status: "complete", payment_status: "unpaid" });
    await page.goto(shop.simulator.url);
    await page.getByRole("button", { name: "Money arrives" }).click();
    expect(await page.getByRole("status").first().textContent()).toContain("payment arrives");
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
    await shop.simulator.deliveries.settled();
    expect(shop.receiver.types()).toContain("checkout.session.async_payment_succeeded");
  });

  test("a promotion code lowers the total, can be removed, and a wrong one is refused", async () => {
    const shop = await openShop({}, { javaScriptEnabled: false });
    const { page, stripe } = shop;
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: "once" });
    await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id }, code: "HALF" });
    const price = await makePrice(shop);
    const session = await makeSession(shop, { line_items: [{ price, quantity: 1 }], allow_promotion_codes: true });
    await page.goto(session.url ?? "");
    await page.getByLabel("Promotion code").fill("NOPE");
    await page.getByRole("button", { name: "Apply" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("invalid");
    await page.getByLabel("Promotion code").fill("HALF");
    await page.getByRole("button", { name: "Apply" }).click();
    expect(await page.getByRole("button", { name: "Pay $9.50" }).count()).toBe(1);
    await look(page, "checkout-code");
    await page.getByRole("button", { name: "Remove code HALF" }).click();
    expect(await page.getByRole("button", { name: "Pay $19.00" }).count()).toBe(1);
    await page.getByLabel("Promotion code").fill("half");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Pay $9.50" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(950);
  });

  test("a subscription with a trial costs nothing today and begins on trial, on a phone without a script", async () => {
    const shop = await openShop({}, { javaScriptEnabled: false, phone: true });
    const { page, stripe } = shop;
    const customer = await stripe.customers.create({ email: "ada@example.com", name: "Ada" });
    const session = await makeSession(shop, {
      mode: "subscription",
      customer: customer.id,
      line_items: [{ price: await makePrice(shop, monthly), quantity: 1 }],
      subscription_data: { trial_period_days: 14 },
    });
    await page.goto(session.url ?? "");
    await look(page, "checkout-trial-phone");
    expect(await page.textContent("main")).toContain("14 days free");
    expect(await page.textContent("main")).toContain("ada@example.com");
    const width = await page
      .locator("main")
      .evaluate((main) => main.scrollWidth)
      .catch(() => 0);
    expect(width).toBeLessThanOrEqual(360);
    await typeCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Start trial" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
    expect(done.subscription).toMatchObject({ status: "trialing", customer: customer.id });
    expect(shop.strangers).toEqual([]);
  });

  test("a buyer sets the quantity and the price where the shop lets them, in a currency without cents too", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const price = await makePrice(shop, { currency: "jpy", unit_amount: 500 }, "Seat <b>&</b> desk");
    const line = { price, quantity: 1, adjustable_quantity: { enabled: true, minimum: 1, maximum: 9 } };
    const session = await makeSession(shop, { line_items: [line] });
    await page.goto(session.url ?? "");
    expect(await page.textContent("main")).toContain("Seat <b>&</b> desk");
    await page.getByLabel("Quantity").fill("3");
    await page.getByRole("button", { name: "Update" }).click();
    expect(await page.getByRole("button", { name: "Pay ¥1,500" }).count()).toBe(1);
    const { id: free } = await stripe.prices.create({
      currency: "usd",
      custom_unit_amount: { enabled: true, minimum: 500 },
      product_data: { name: "Tip" },
    });
    const tip = await makeSession(shop, { line_items: [{ price: free, quantity: 1 }] });
    await page.goto(tip.url ?? "");
    await page.getByLabel("Your price").fill("12.50");
    await page.getByRole("button", { name: "Update" }).click();
    await page.getByLabel("E-mail").fill("ada@example.com");
    await typeCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Pay $12.50" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
    expect((await stripe.checkout.sessions.retrieve(tip.id)).amount_total).toBe(1_250);
  });

  test("a payment link opens a checkout of its own, prefilled, and an expired one says so", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const link = await stripe.paymentLinks.create({ line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    await page.goto(`${link.url}?prefilled_email=eve%40example.com&client_reference_id=user-1`);
    expect(await page.getByLabel("E-mail").inputValue()).toBe("eve@example.com");
    await typeCard(page, "4242424242424242");
    await page.getByRole("button", { name: "Pay $19.00" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    await look(page, "link-done");
    const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data;
    expect(session).toMatchObject({ status: "complete", client_reference_id: "user-1" });
    const late = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    await stripe.checkout.sessions.expire(late.id);
    const answer = await page.goto(late.url ?? "");
    expect([answer?.status(), await page.textContent("h1")]).toEqual([410, "No longer available"]);
    await look(page, "checkout-expired");
    expect((await page.goto(`${shop.simulator.url}/c/pay/cs_test_none`))?.status()).toBe(404);
  });

  test("an open invoice is paid on its own page, after a card that was declined", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const { id: customer } = await stripe.customers.create({ email: "ada@example.com", name: "Ada" });
    await stripe.invoiceItems.create({ customer, amount: 4_200, currency: "usd", description: "Workshop" });
    const { id } = await stripe.invoices.create({
      customer,
      collection_method: "send_invoice",
      days_until_due: 7,
      pending_invoice_items_behavior: "include",
    });
    const invoice = await stripe.invoices.finalizeInvoice(id);
    await page.goto(invoice.hosted_invoice_url ?? "");
    await look(page, "invoice-open");
    await typeCard(page, "4000 0000 0000 0002");
    await page.getByRole("button", { name: "Pay" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("declined");
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: "Pay" }).click();
    expect(await page.textContent("h1")).toContain("Receipt");
    expect((await stripe.invoices.retrieve(id)).status).toBe("paid");
  });

  test("an expired checkout that may be recovered begins anew, with the same lines", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const session = await makeSession(shop, {
      line_items: [{ price: await makePrice(shop), quantity: 2 }],
      after_expiration: { recovery: { enabled: true } },
    });
    const expired = await stripe.checkout.sessions.expire(session.id);
    await page.goto(expired.after_expiration?.recovery?.url ?? "");
    expect(await page.getByRole("button", { name: "Pay $38.00" }).count()).toBe(1);
    const [again] = (await stripe.checkout.sessions.list({ status: "open" })).data;
    expect(again?.recovered_from).toBe(session.id);
  });

  test("a form that did not come from the page is refused", async () => {
    const shop = await openShop();
    const session = await makeSession(shop, { line_items: [{ price: await makePrice(shop), quantity: 1 }] });
    const body = new URLSearchParams({
      email: "a@example.com",
      number: "4242424242424242",
      expiry: "12/34",
      cvc: "123",
    });
    const answer = await fetch(session.url ?? "", { method: "POST", body });
    expect(answer.status).toBe(403);
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|script/);
  });
});
