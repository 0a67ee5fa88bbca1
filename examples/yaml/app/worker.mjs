/** Counts the jobs that have ended. What a worker farm asks of a program: HTTP on PORT, 200 at /healthz, an end on SIGTERM. */
import { createServer } from "node:http";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const { PORT, QUEUE_URL } = process.env;
const sqs = new SQSClient({});
const ending = new AbortController();
let ended = 0;

async function work() {
  const receive = new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await sqs.send(receive, { abortSignal: ending.signal });
  for (const { ReceiptHandle } of Messages) {
    ended++;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: QUEUE_URL, ReceiptHandle }));
  }
  if (Messages.length > 0) console.log(`${ended} jobs have ended`);
}

const server = createServer((_request, response) => response.end("well\n"));
server.listen(Number(PORT));
process.once("SIGTERM", () => {
  ending.abort();
  server.close();
});
while (!ending.signal.aborted) {
  await work().catch((error) => {
    if (!ending.signal.aborted) throw error;
  });
}
