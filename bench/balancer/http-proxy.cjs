// http-proxy as its users run it for throughput: one agent that keeps connections open.
const { Agent, createServer } = require("node:http");
const { createProxyServer } = require(process.env.HTTP_PROXY_MODULE);

const target = `http://127.0.0.1:${process.env.TARGET_PORT}`;
const proxy = createProxyServer({ target, agent: new Agent({ keepAlive: true }), xfwd: true });
proxy.on("error", (_error, _request, response) => response.writeHead?.(502).end());
createServer((request, response) => proxy.web(request, response)).listen(Number(process.env.PORT), "127.0.0.1");
