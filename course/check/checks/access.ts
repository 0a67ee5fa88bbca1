/** Who gets in, and who does not. */
import * as z from "zod";
import { createApi } from "../stage/api.ts";
import { Person } from "../stage/person.ts";
import { apiOf, firstDone, personOf } from "../stage/scenes.ts";
import { check, type Part, part } from "./check.ts";

const none = z.strictObject({});

/** Characters of an answer that says well or not, `{"status":"degraded"}` for one; with names of what is inside it is longer. */
const oneWord = 40;

export const publicPages = check({
  about: "The home page and the health check answer everybody; health says only well or not.",
  needs: ["service"],
  parameters: none,
  async run(stage, _, evidence) {
    const visitor = new Person(stage.url, evidence);
    const home = await visitor.browser.open(`${stage.url}/`);
    const health = await visitor.browser.open(`${stage.url}/healthz`);
    return [
      part("GET / answers 200 without sign-in", home.status === 200, `${home.status}`),
      part("GET /healthz answers 200", health.status === 200, `${health.status}`),
      part(
        "health tells a visitor nothing of the inside",
        health.text.length <= oneWord,
        `${health.text.length} characters`,
      ),
    ];
  },
});

const paths = z.array(z.string().startsWith("/", "paths that begin with /"));

export const closedWithoutSignIn = check({
  about: "Every other page and the API refuse a visitor, or send the visitor to sign in.",
  needs: ["service"],
  parameters: z.strictObject({
    paths: paths.default(["/annotate", "/annotations", "/profile", "/subscribe"]),
  }),
  async run(stage, { paths: closed }, evidence) {
    const visitor = new Person(stage.url, evidence);
    const parts: Part[] = [];
    for (const path of closed) {
      const { status, location } = await visitor.knock(path);
      const refused = status === 401 || status === 403;
      const sent = status >= 300 && status < 400 && new URL(location, stage.url).pathname === "/login";
      parts.push(part(`GET ${path} asks for sign-in`, refused || sent, `${status} ${location}`));
    }
    const { status } = await createApi(stage.url, undefined, evidence).call("/jobs");
    parts.push(part("the API refuses a call without a token", status === 401, `${status}`));
    const forged = await createApi(stage.url, "gas_00000000000000000000000000000000", evidence).call("/jobs");
    parts.push(part("the API refuses an invented token", forged.status === 401, `${forged.status}`));
    return parts;
  },
});

export const signIn = check({
  about: "A user signs in through OpenID Connect; the profile shows who it is, and the users table has the plan.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { person, userId, email } = await personOf(stage, "free");
    const profile = await person.open("/profile");
    const user = await stage.get("aws").user(userId);
    return [
      part("the profile shows the e-mail address", profile.text.includes(email), "another page"),
      part("the users table has the user as free_user", user?.role === "free_user", String(user?.role)),
    ];
  },
});

/** Requests by which somebody could reach another's job. */
const doors = ["", "/log", "/result", "/result/download", "/input"] as const;

export const othersRefused = check({
  about: "Another user reaches neither page, log, result, input nor the upload of a job, nor can cancel it.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, arrival } = await firstDone(stage, "free");
    const { person: stranger } = await personOf(stage, "premium");
    const refused = ({ status }: { status: number }) => status === 403 || status === 404;
    const parts: Part[] = [];
    for (const door of doors) {
      const answer = await stranger.knock(`/annotations/${jobId}${door}`);
      parts.push(part(`GET /annotations/<another's job>${door} is refused`, refused(answer), `${answer.status}`));
    }
    const upload = new URL(arrival);
    const taken = await stranger.knock(`${upload.pathname}${upload.search}`);
    parts.push(part("another's upload cannot be made one's own job", refused(taken), `${taken.status}`));
    const form = { method: "POST", headers: { origin: stage.url } };
    const cancelled = await stranger.knock(`/annotations/${jobId}/cancel`, form);
    parts.push(part("another's job cannot be cancelled", refused(cancelled), `${cancelled.status}`));
    return parts;
  },
});

export const apiOthersRefused = check({
  about: "A token of another user reaches neither job, log nor result through the API.",
  needs: ["api", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId } = await firstDone(stage, "free");
    const api = await apiOf(stage, "premium");
    const parts: Part[] = [];
    for (const door of ["", "/log", "/result"]) {
      const { status } = await api.call(`/jobs/${jobId}${door}`);
      const refused = status === 403 || status === 404;
      parts.push(part(`GET /api/v1/jobs/<another's job>${door} is refused`, refused, `${status}`));
    }
    const { jobs } = await api.list(100);
    const listed = jobs.some((job) => job.job_id === jobId);
    parts.push(part("the API's list has no job of another user", !listed, "it is listed"));
    return parts;
  },
});
