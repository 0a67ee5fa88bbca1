import type { Operation } from "../api/operations.ts";

export function ApiDocs({
  operations,
  publicUrl,
  perMinute,
}: {
  operations: readonly Operation[];
  publicUrl: string;
  perMinute: number;
}) {
  return (
    <>
      <hgroup>
        <h1>Programming interface</h1>
        <p>
          The same as the pages, for programs. The whole description:{" "}
          <a href="/api/v1/openapi.json">OpenAPI document</a>.
        </p>
      </hgroup>

      <FirstSteps base={`${publicUrl}/api/v1`} perMinute={perMinute} />

      <section aria-labelledby="operations">
        <h2 id="operations">Operations</h2>
        {operations.map((operation) => (
          <OperationDetails key={operation.id} operation={operation} />
        ))}
      </section>
    </>
  );
}

function FirstSteps({ base, perMinute }: { base: string; perMinute: number }) {
  return (
    <section aria-labelledby="begin">
      <h2 id="begin">To begin</h2>
      <p>
        Make a token on your <a href="/profile#tokens">profile</a>, then submit a file, look at the job and fetch the
        result:
      </p>
      <section class="text" tabindex={0} aria-label="Example">
        <pre>
          <code>{`export GAS_TOKEN=gas_…

curl -H "Authorization: Bearer $GAS_TOKEN" -H "Content-Type: application/octet-stream" \\
     --data-binary @sample.vcf "${base}/jobs?file_name=sample.vcf"

curl -H "Authorization: Bearer $GAS_TOKEN" "${base}/jobs/<job_id>"

curl -L -H "Authorization: Bearer $GAS_TOKEN" "${base}/jobs/<job_id>/result" -o sample.annot.vcf`}</code>
        </pre>
      </section>
      <p>
        The same by the command line of annofarm, which repeats what breaks: <code>annofarm job submit</code>,{" "}
        <code>list</code>, <code>show</code>, <code>log</code>, <code>result</code>, <code>cancel</code>,{" "}
        <code>rerun</code>, <code>delete</code>, with the token in <code>ANNOFARM_TOKEN</code> and{" "}
        <code>ANNOFARM_URL={new URL(base).origin}</code>.
      </p>
      <p>
        Refusals are problem documents (RFC 9457) whose <code>detail</code> says what to do. A token may make{" "}
        {perMinute.toLocaleString("en")} requests a minute; above that comes 429 with <code>Retry-After</code>. A token
        that may only read is refused everything but GET.
      </p>
    </section>
  );
}

function OperationDetails({ operation }: { operation: Operation }) {
  return (
    <details class="operation">
      <summary>
        <code>
          <b>{operation.method.toUpperCase()}</b> /api/v1{operation.path}
        </code>
        <span>{operation.summary}</span>
      </summary>
      {operation.bodyNote !== undefined && <p>Body: {operation.bodyNote}</p>}
      <dl class="facts">
        {Object.entries(operation.query ?? {}).map(([name, { description, required }]) => (
          <Fact key={name} term={name + (required ? " (needed)" : "")} text={description} />
        ))}
        {Object.entries(operation.answers).map(([status, { description }]) => (
          <Fact key={status} term={status} text={description} />
        ))}
        {Object.entries(operation.problems).map(([status, text]) => (
          <Fact key={status} term={status} text={text} />
        ))}
      </dl>
    </details>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <>
      <dt>
        <code>{term}</code>
      </dt>
      <dd>{text}</dd>
    </>
  );
}
