/** Counts visits. What a farm asks of a program: HTTP on PORT, 200 at /healthz, an end on SIGTERM. */
import { createServer } from "node:http";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

const { PORT, TABLE } = process.env;
const dynamodb = new DynamoDBClient({});

async function count(page: string): Promise<string> {
  const { Attributes } = await dynamodb.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { page: { S: page } },
      UpdateExpression: "ADD visits :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  return `${page} has been visited ${Attributes?.visits?.N} times\n`;
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/healthz") {
    response.end("well\n");
    return;
  }
  try {
    response.end(await count(pathname));
  } catch (error) {
    console.error(error);
    response.writeHead(503).end("the count cannot be reached\n");
  }
});

server.listen(Number(PORT), () => console.log(`answers on ${PORT}`));
process.once("SIGTERM", () => server.close(() => process.exit(0)));
