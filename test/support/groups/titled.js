/** Tests of one file of a group, as AVA's chain registers them. */

const above = new URL("../../", import.meta.url).href;
const placeOf = (/** @type {string} */ url) => url.slice(above.length).replace(/(?:\.test)?\.[jt]sx?$/, "");

/**
 * What titles begin with: AVA puts the name of the group before it, so that a line of the report is the same as when the file runs alone.
 *
 * @param {string} group address of the group's file
 * @param {string} file address of the test file
 */
export function prefixIn(group, file) {
  const folder = `${placeOf(group).replace("__tests__/", "")}/`;
  return `${placeOf(file).replace(folder, "").split("/").join(" › ")} › `;
}

/** The test in a turn of its own: an error's stack then ends with it, and does not go on with every test of the group that waits. */
const apart =
  (/** @type {(...given: any[]) => unknown} */ run) =>
  (/** @type {any[]} */ ...given) =>
    new Promise((resolve, reject) => {
      setImmediate(() => new Promise((settle) => settle(run(...given))).then(resolve, reject));
    });

/**
 * The chain with such titles. Tests run one at a time, so that no file finds another at work, and their times are their own.
 *
 * @param {any} test AVA's
 * @param {string} prefix
 */
export function titled(test, prefix) {
  const wrap = (/** @type {any} */ chain) =>
    new Proxy(chain, {
      apply(_, __, [title, run, ...rest]) {
        if (typeof title !== "string")
          throw new Error(`${prefix}a test without a title of its own cannot be in a group`);
        return chain(`${prefix}${title}`, typeof run === "function" ? apart(run) : run, ...rest);
      },
      get(_, name) {
        if (/^(?:before|after)/.test(String(name))) {
          throw new Error(`${prefix}a hook would run for every test of the group; see test/support/groups/divide.js`);
        }
        if (name === "serial") return wrap(chain);
        return typeof chain[name] === "function" ? wrap(chain[name]) : (chain[name] ?? test[name]);
      },
    });
  return wrap(test.serial);
}
