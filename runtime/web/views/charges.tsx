import type { Offer } from "../payments/port.ts";
import type { Standing } from "../standing.ts";
import { formatPrice } from "./format.ts";
import { Time } from "./time.tsx";

/** `$9.99 per month`. */
export const inWords = ({ amount, currency, interval }: Offer): string =>
  `${formatPrice(amount, currency)} per ${interval}`;

/** What a premium user is charged, and when next. */
export function Charges({ standing }: { readonly standing: Standing | undefined }) {
  if (standing === undefined) return null;
  const { offer, renews } = standing;
  return (
    <p>
      Premium costs {inWords(offer)}.
      {renews !== undefined && (
        <>
          {" "}
          It renews on <Time at={renews} />, when your card is charged again.
        </>
      )}
    </p>
  );
}
