// Uses the client that is generated from /openapi.json; the compiler checks every field.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./dateline.js";

const baseUrl = process.argv[2] ?? "";
// The media types of JSON; an answer may come as an event stream too.
const client = createClient<paths, `application/${string}`>({ baseUrl });

const { data: answer } = await client.POST("/v1/answers", {
  body: { question: "How much did the Orvel bridge cost?", stream: false },
});
assert.ok(answer && answer.outcome === "answered");
const [citation] = answer.citations;
assert.ok(citation);
const { data: article } = await client.GET("/v1/articles/{article_id}", {
  params: { path: { article_id: citation.article_id } },
});
assert.equal(article?.text.slice(citation.start, citation.end), citation.quote);

const { data: list } = await client.GET("/v1/articles", {
  params: { query: { sort: "newest", publisher: ["Harbour Gazette"], limit: 1 } },
});
assert.equal(list?.total, 1);

const { data: check } = await client.POST("/v1/checks", {
  body: { text: "The Orvel bridge cost 83 million crowns." },
});
assert.equal(check?.sentences[0]?.verdict, "contradicted");

const { error, response } = await client.POST("/v1/answers", {
  body: { question: " ", stream: false },
});
const problem: components["schemas"]["Problem"] | undefined = error;
assert.equal(response.status, 422);
assert.equal(problem?.code, "invalid_request");
console.log("ok");
