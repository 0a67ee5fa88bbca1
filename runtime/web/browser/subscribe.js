// Takes a card with Stripe's own field and confirms it with Stripe; this service is sent the setup's id, never the card.
const form = document.getElementById("subscribe");
const button = document.getElementById("pay");
const message = document.getElementById("message");
const theme = getComputedStyle(document.body);

function say(text) {
  message.textContent = text;
  message.hidden = text === "";
}

function busy(yes) {
  button.disabled = yes;
  button.setAttribute("aria-busy", String(yes));
}

async function clientSecret() {
  const response = await fetch("/subscribe/setup", { method: "POST", headers: { accept: "application/json" } }).catch(
    () => {
      throw new Error("The service could not be reached. Check your network and try again.");
    },
  );
  // A balancer without instances answers with a page of its own.
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer.client_secret;
  if (answer.redirect !== undefined && (response.status === 401 || response.status === 409))
    location.assign(answer.redirect);
  throw new Error(
    answer.detail ?? "The service is not available just now. Nothing has been charged; try again in a minute.",
  );
}

if (window.Stripe === undefined) {
  say("Stripe's card field could not be loaded. Check your network or ad blocker and reload the page.");
  button.disabled = true;
} else {
  const stripe = window.Stripe(form.dataset.key);
  const card = stripe.elements().create("card", {
    style: { base: { color: theme.color, fontFamily: theme.fontFamily, fontSize: "16px" } },
  });
  card.mount("#card");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    busy(true);
    try {
      const { setupIntent, error } = await stripe.confirmCardSetup(await clientSecret(), { payment_method: { card } });
      if (error) throw new Error(error.message ?? "The card was not accepted. Check its number, date and code.");
      document.getElementById("setup_intent").value = setupIntent.id;
      // Sent as an ordinary form, so that the next page is the server's answer.
      form.submit();
    } catch (error) {
      busy(false);
      say(error.message || "The card could not be confirmed. Try again.");
    }
  });
  window.addEventListener("pageshow", () => busy(false));
}
