// What is balanced: a page of 6.6 kB, and a health check.
const { createServer } = require("node:http");

const page = Buffer.alloc(6_600, "a");
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html", "content-length": page.length }).end(page);
});
// http-proxy takes a connection that is just being closed for good: none is, while others have their turn.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.env.PORT), "127.0.0.1");
