import { readFile } from "node:fs/promises";
import test from "ava";
import { parseXml, type XmlElement } from "../../../local/gateway/xml-document.ts";
import { drawPlan } from "../../../plan/draw/draw.ts";
import { palettes } from "../../../plan/draw/svg/theme.ts";
import { readPlan } from "../../../plan/plan.ts";
import { findChromium, launchBrowser, noChromium } from "../../support/browser.ts";
import { component, declare, planOf } from "./plans.ts";

const root = new URL("../../..", import.meta.url);
const dev = readPlan({ directory: root.pathname, stack: "dev", onOutput: () => {} });
const programs = new URL("../programs/", import.meta.url);

for (const theme of ["light", "dark"] as const) {
  test(`docs/images/architecture-${theme}.svg shows the program as it is`, async (t) => {
    const file = `docs/images/architecture-${theme}.svg`;
    const kept = await readFile(new URL(file, root), "utf8").catch(() => "");
    const drawn = drawPlan(await dev, { detail: "overview", theme });
    t.true(kept === drawn, `out of date: npx annofarm draw --stack dev --theme ${theme} -o ${file}`);
    t.true(drawn.length < 60_000, `${drawn.length} bytes`);
  });
}

test("the same plan gives the same picture, read anew or with its maps in another order", async (t) => {
  const again = await readPlan({ directory: root.pathname, stack: "dev", onOutput: () => {} });
  const picture = drawPlan(await dev, { detail: "overview", theme: "auto" });
  t.true(drawPlan(again, { detail: "overview", theme: "auto" }) === picture);
  const turned = again.resources.map((resource) => ({
    ...resource,
    inputs: Object.fromEntries(Object.entries(resource.inputs).reverse()),
    outputs: Object.fromEntries(Object.entries(resource.outputs).reverse()),
  }));
  t.true(drawPlan({ ...again, resources: turned }, { detail: "overview", theme: "auto" }) === picture);
});

test("no hash of the code is in the picture, nor an address of this machine", async (t) => {
  const picture = drawPlan(await dev, { detail: "full", theme: "auto" });
  t.notRegex(picture, /[0-9a-f]{16}/);
  t.false(picture.includes(root.pathname));
});

test("names are text and nothing else", (t) => {
  const hostile = `"><script>alert('1')</script>&\u0000\u0008]]>`;
  const farm = component(`Farm<b>`, hostile);
  const picture = drawPlan(
    {
      ...planOf(
        farm,
        declare("aws:sqs/queue:Queue", hostile, {}, { parent: farm.urn }),
        declare(`evil:<i>/x:${hostile}`, "javascript:alert(1)"),
        declare("aws:autoscaling/group:Group", "g", { minSize: hostile, maxSize: 3 }),
      ),
      project: hostile,
    },
    { detail: "full", theme: "auto" },
  );
  t.notRegex(picture, /<script|<b>|<i>/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what this is about.
  t.notRegex(picture, /[\u0000-\u0008]/);
  t.regex(picture, /&lt;script&gt;/);
  const known = "svg title desc style defs symbol path rect circle ellipse g use text".split(" ");
  const namesIn = ({ name, children }: XmlElement): string[] => [name, ...children.flatMap(namesIn)];
  t.deepEqual(
    namesIn(parseXml(picture)).filter((name) => !known.includes(name)),
    [],
  );
});

test("it refers to nothing outside and says what it shows without being seen", async (t) => {
  const picture = drawPlan(await dev, { detail: "overview", theme: "auto" });
  t.deepEqual(picture.match(/(href|src)="(?!#)[^"]*"|url\(|@import/g), null);
  t.regex(picture, /role="img" aria-labelledby="title desc"/);
  t.regex(picture, /<title id="title">Architecture of annofarm dev<\/title>/);
  t.regex(picture, /<desc id="desc">.*AnnotatorFarm: .*requests \(SQS queue\).*Flows: .*<\/desc>/);
});

test("auto follows the reader's system; light and dark do not", async (t) => {
  const draw = async (theme: "auto" | "light" | "dark") => drawPlan(await dev, { detail: "overview", theme });
  t.regex(await draw("auto"), /@media\(prefers-color-scheme:dark\)/);
  t.notRegex(await draw("light"), /@media/);
  t.true((await draw("dark")).includes(`--ground:${palettes.dark.ground}`));
});

test("text has a contrast of 4.5 : 1 on whatever it stands", (t) => {
  for (const palette of [palettes.light, palettes.dark]) {
    const { ground = "", frame = "", card = "", pill = "" } = palette;
    for (const on of [ground, frame, card]) {
      for (const name of ["text", "muted", "message", "store", "mail", "request", "compute"]) {
        t.true(contrast(palette[name] ?? "", on) >= 4.5, `${name} on ${on}: ${contrast(palette[name] ?? "", on)}`);
      }
    }
    t.true(contrast(palette.muted ?? "", pill) >= 4.5, `muted on pill ${contrast(palette.muted ?? "", pill)}`);
  }
});

/** WCAG 2's contrast ratio of two colours `#rrggbb`. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test("an empty plan says that it is empty", (t) => {
  t.regex(drawPlan(planOf(), { detail: "overview", theme: "auto" }), /small test declares no resources\./);
  t.regex(drawPlan(planOf(component("Farm", "f")), { detail: "full", theme: "auto" }), /declares no resources/);
});

test("a program that is not ours", async (t) => {
  const plan = await readPlan({
    directory: new URL("complete/", programs).pathname,
    stack: "test",
    config: { owner: "o1" },
    onOutput: () => {},
  });
  const picture = drawPlan(plan, { detail: "overview", theme: "light" });
  t.regex(picture, />Outer</);
  t.regex(picture, />inner-queue</);
  t.regex(picture, />results</);
});

(findChromium() === undefined ? test.skip : test)(
  findChromium() === undefined ? noChromium : "in a browser, every text stays inside of its box, and words apart",
  async (t) => {
    const browser = await launchBrowser();
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    await page.setContent(`<body>${drawPlan(await dev, { detail: "overview", theme: "light" })}`);
    const wrong = await page.evaluate(() => {
      const found: string[] = [];
      const texts = [...document.querySelectorAll<SVGTextElement>("svg text")].map((text) => ({
        text: text.textContent ?? "",
        box: text.getBoundingClientRect(),
        card: text.closest("g")?.querySelector(":scope > rect")?.getBoundingClientRect(),
      }));
      const frame = document.querySelector("svg")?.getBoundingClientRect();
      for (const [index, { text, box, card }] of texts.entries()) {
        const around = card ?? frame;
        if (around && (box.left < around.left || box.right > around.right + 1)) found.push(`${text} leaves its box`);
        for (const other of texts.slice(index + 1)) {
          const apart =
            box.right <= other.box.left ||
            other.box.right <= box.left ||
            box.bottom - 2 <= other.box.top ||
            other.box.bottom - 2 <= box.top;
          if (!apart) found.push(`${text} overlaps ${other.text}`);
        }
      }
      return found;
    });
    t.deepEqual(wrong, []);
  },
);
