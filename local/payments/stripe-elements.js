// Follows localstripe's Stripe.js in the same script: makes its card element behave like the real one as far as a page can
// tell — labelled fields, `ready` and `change` events with their payload, spaces in the number, and an incomplete or expired
// card refused before any request is made, with Stripe's own codes and messages.

// A block, so that the page sees none of these names.
{
  const fields = {
    number: { label: "Card number", placeholder: "1234 1234 1234 1234", autocomplete: "cc-number", size: 19 },
    exp_month: { label: "Expiry month", placeholder: "MM", autocomplete: "cc-exp-month", size: 2 },
    exp_year: { label: "Expiry year", placeholder: "YY", autocomplete: "cc-exp-year", size: 2 },
    cvc: { label: "CVC", placeholder: "CVC", autocomplete: "cc-csc", size: 3 },
    postal_code: { label: "Postal code", placeholder: "ZIP", autocomplete: "postal-code", size: 5 },
  };

  const passesLuhn = (number) =>
    [...number].reverse().reduce((sum, digit, i) => sum + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : +digit), 0) %
      10 ===
    0;

  const problem = (code, message) => ({ type: "validation_error", code, message });

  const faultOfNumber = (shown) => {
    const number = shown.replace(/\s/g, "");
    if (number.length < 16) return problem("incomplete_number", "Your card number is incomplete.");
    if (!/^\d{16}$/.test(number) || !passesLuhn(number))
      return problem("invalid_number", "Your card number is invalid.");
    return undefined;
  };

  const faultOfExpiry = (shownMonth, shownYear) => {
    const month = Number(shownMonth);
    const year = 2000 + Number(shownYear);
    if (!/^\d{1,2}$/.test(shownMonth) || !/^\d{2}$/.test(shownYear) || month < 1 || month > 12) {
      return problem("incomplete_expiry", "Your card's expiration date is incomplete.");
    }
    const now = new Date();
    if (year < now.getFullYear() || (year === now.getFullYear() && month < now.getMonth() + 1)) {
      return problem("invalid_expiry_year_past", "Your card's expiration year is in the past.");
    }
    return undefined;
  };

  /** The first fault in the order of the fields. */
  const faultOf = ({ number, exp_month, exp_year, cvc, postal_code }) => {
    const fault = faultOfNumber(number.value) ?? faultOfExpiry(exp_month.value, exp_year.value);
    if (fault) return fault;
    if (!/^\d{3}$/.test(cvc.value)) return problem("incomplete_cvc", "Your card's security code is incomplete.");
    if (postal_code.value.trim() === "") return problem("incomplete_zip", "Your postal code is incomplete.");
    return undefined;
  };

  const describe = (input, name, { label, placeholder, autocomplete, size }) => {
    input.setAttribute("aria-label", label);
    input.setAttribute("placeholder", placeholder);
    input.setAttribute("autocomplete", autocomplete);
    input.setAttribute("inputmode", name === "postal_code" ? "text" : "numeric");
    input.setAttribute("size", size);
    input.setAttribute("data-elements-field", name);
    input.setAttribute("maxlength", name === "postal_code" ? 10 : size);
  };

  const inFours = (number) =>
    number
      .replace(/\D/g, "")
      .replace(/(.{4})(?=.)/g, "$1 ")
      .slice(0, 19);

  /** localstripe moves on at 16 characters, which with spaces is too early: hand it the digits alone. */
  const spaceNumber = (input, name, inputs) => {
    const changed = input.oninput;
    input.oninput = (event) => {
      if (name === "number") input.value = inFours(input.value);
      const shown = inputs.number.value;
      inputs.number.value = shown.replace(/\s/g, "");
      changed(event);
      inputs.number.value = shown;
    };
  };

  /** localstripe asks in a white box of no role, in whatever colour the page writes: a dialog has both from the browser. */
  openModal = (text, confirmText, cancelText) =>
    new Promise((resolve) => {
      const [title, ...question] = text.split("\n");
      const dialog = document.createElement("dialog");
      const heading = Object.assign(document.createElement("h2"), { id: "stripe-question", textContent: title });
      const words = Object.assign(document.createElement("p"), { textContent: question.join(" ") });
      const button = (value, textContent) =>
        Object.assign(document.createElement("button"), {
          type: "button",
          textContent,
          onclick: () => dialog.close(value),
        });
      const buttons = document.createElement("p");
      buttons.append(button("yes", confirmText), " ", button("no", cancelText));
      dialog.setAttribute("aria-labelledby", heading.id);
      // Pico, which our pages have, draws the article within a dialog as its box.
      const box = document.createElement("article");
      box.append(heading, words, buttons);
      dialog.append(box);
      // Escape closes it without a value: not confirmed.
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });

  const mount = Element.prototype.mount;
  Element.prototype.mount = function (target) {
    mount.call(this, target);
    const inputs = this._inputs;
    this._domChildren[0].textContent = ""; // the word "localstripe: "
    for (const [name, field] of Object.entries(fields)) {
      describe(inputs[name], name, field);
      spaceNumber(inputs[name], name, inputs);
    }
    inputs.number.parentElement.classList.add("StripeElement");
    for (const handler of this.listeners.ready || []) queueMicrotask(() => handler({ elementType: "card" }));
  };

  const changeEvent = (inputs) => {
    const values = Object.values(inputs || {}).map((input) => input.value);
    const fault = inputs && faultOf(inputs);
    return {
      elementType: "card",
      empty: values.every((value) => value === ""),
      complete: inputs !== undefined && fault === undefined,
      // Like Stripe: what is merely incomplete is no error while somebody types.
      error: fault === undefined || fault.code.startsWith("incomplete") ? undefined : fault,
      brand: "visa",
    };
  };

  Element.prototype.on = function (event, handler) {
    this.listeners[event] = this.listeners[event] || [];
    this.listeners[event].push(() => handler(changeEvent(this._inputs)));
    return this;
  };

  Element.prototype.update = () => {};
  Element.prototype.focus = function () {
    this._inputs?.number.focus();
  };
  Element.prototype.clear = function () {
    for (const input of Object.values(this._inputs || {})) input.value = "";
  };

  /** A copy: localstripe writes the card number into what it is given. */
  const confirmationOf = ({ payment_method: { card: element, ...rest } }) => {
    const { card, postal_code } = element.value;
    const address = { postal_code, ...rest.billing_details?.address };
    return { payment_method: { ...rest, card: { ...card }, billing_details: { ...rest.billing_details, address } } };
  };

  const unreachable = {
    type: "api_connection_error",
    message: "The payment service cannot be reached. Try again.",
  };

  const original = Stripe;
  Stripe = window.Stripe = (key) => {
    if (typeof key !== "string" || !key.startsWith("pk_")) throw new Error("Stripe() wants a publishable key, pk_…");
    const stripe = original(key);
    const { confirmCardSetup } = stripe;
    stripe.confirmCardSetup = async (clientSecret, data) => {
      const element = data?.payment_method?.card;
      if (!(element instanceof Element)) return confirmCardSetup(clientSecret, data);
      const fault = element._inputs ? faultOf(element._inputs) : problem("incomplete_number", "The card is not shown.");
      if (fault) return { error: fault };
      const result = await confirmCardSetup(clientSecret, confirmationOf(data));
      return result.error instanceof TypeError ? { error: unreachable } : result;
    };
    return stripe;
  };
}
