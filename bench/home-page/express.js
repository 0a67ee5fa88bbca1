// Bare Express, as its documentation begins: one route that sends the same bytes.
import { readFileSync } from "node:fs";
import express from "express";

const page = readFileSync(process.env.PAGE, "utf8");
express()
  .get("/", (_request, response) => {
    response.type("html").send(page);
  })
  .listen(Number(process.env.PORT), "127.0.0.1");
