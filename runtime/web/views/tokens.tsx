import type { ApiToken, User } from "../../contract/user.ts";
import { Field } from "./field.tsx";
import { Time } from "./time.tsx";

/** Where a user's API tokens are made and revoked. */
export function ApiTokens({
  user,
  newToken,
  error,
}: {
  user: User;
  newToken: string | undefined;
  error: string | undefined;
}) {
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">API tokens</h2>
      <p>
        A program that carries one of these acts in your name. How: <a href="/api/v1/docs">programming interface</a>.
      </p>
      {newToken !== undefined && (
        <div class="message good" role="status">
          <p>
            <strong>Your new token. Copy it now: it is not shown again.</strong>
          </p>
          <pre class="token">
            <code>{newToken}</code>
          </pre>
        </div>
      )}
      <Tokens user={user} />
      <form method="post" action="/profile/tokens" class="inline" novalidate>
        <Field
          name="label"
          label="New token for"
          value=""
          error={error}
          hint="The program or the machine that will carry it."
          placeholder="cluster submit script"
          required
        />
        <div class="field">
          <label for="scope">It may</label>
          <select id="scope" name="scope" aria-describedby="scope-hint">
            <option value="write">read and submit</option>
            <option value="read">only read</option>
          </select>
          <small id="scope-hint">A program that only fetches results needs no more than reading.</small>
        </div>
        <button type="submit" class="secondary">
          Create
        </button>
      </form>
    </section>
  );
}

const mayInWords = ({ scopes }: ApiToken) => (scopes?.includes("write") === false ? "only read" : "read and submit");

function Tokens({ user }: { user: User }) {
  const tokens = user.api_tokens ?? [];
  if (tokens.length === 0) return <p class="faint">You have none.</p>;
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">For</th>
          <th scope="col">May</th>
          <th scope="col">Created</th>
          <th scope="col">Last used</th>
          <th scope="col">
            <span class="unseen">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.token_id}>
            <th scope="row">{token.label}</th>
            <td data-label="May">{mayInWords(token)}</td>
            <td data-label="Created">
              <Time at={token.created_time} />
            </td>
            <td data-label="Last used">
              {token.last_used_time === undefined ? "never" : <Time at={token.last_used_time} />}
            </td>
            <td>
              <form method="post" action={`/profile/tokens/${token.token_id}/revoke`}>
                <button type="submit" class="quiet small" aria-label={`Revoke the token for ${token.label}`}>
                  Revoke
                </button>
              </form>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
