import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import test from "ava";
import { headOf, notePeers } from "../../../local/gateway/http.ts";

test("a request is still its sender's after the sender has died", async (t) => {
  const server = createServer();
  notePeers(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
  const [request] = (await once(server, "request")) as [IncomingMessage];
  request.on("error", () => {});
  const gone = new Promise((resolve) => request.socket.once("close", resolve));
  client.resetAndDestroy();
  await gone;
  t.is(headOf(request).remoteAddress, "127.0.0.1");
});
