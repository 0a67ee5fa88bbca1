/** Says where the service is and how many jobs it has. What a farm asks of a program: HTTP on PORT, 200 at /healthz, an end on SIGTERM. */
import { createServer } from "node:http";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";

const { PORT, SERVICE_URL, TABLE } = process.env;
const dynamodb = new DynamoDBClient({});

const server = createServer(async (request, response) => {
  if (request.url === "/healthz") {
    response.end("well\n");
    return;
  }
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: TABLE }));
    response.end(`${SERVICE_URL} has had about ${Table?.ItemCount} jobs\n`);
  } catch (error) {
    console.error(error);
    response.writeHead(503).end("the table cannot be reached\n");
  }
});

server.listen(Number(PORT));
process.once("SIGTERM", () => server.close());
