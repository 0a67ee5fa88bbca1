/** What `ava` is for a test file (hooks.js): AVA itself, or, where the worker runs a group, AVA with the file's titles. */
import test from "ava";
import { prefixIn, titled } from "./titled.js";

const file = String(new URL(import.meta.url).searchParams.get("file"));
const group = test.meta.file;

export default group === file ? test : titled(test, prefixIn(group, file));
