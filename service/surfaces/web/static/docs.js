// The API's documentation, drawn from openapi.json by this page alone: it works without a network.

import { at, byId, make } from "./archive.js";

const described = await (await fetch(at("openapi.json"))).json();
const schemas = described.components.schemas;
byId("status").remove();
byId("title").textContent = `${described.info.title} API ${described.info.version}`;
byId("description").textContent = described.info.description;

const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);
for (const { name, description } of described.tags) {
  const own = operations.filter((operation) => operation.tags?.includes(name));
  if (!own.length) continue;
  const id = `tag-${name}`;
  byId("contents").append(make("li", {}, make("a", { href: `#${id}` }, name)));
  byId("routes").append(
    make("section", {}, make("h2", { id }, name), make("p", {}, ...prose(description)), make("div", { class: "docs" }, ...own.map(route))),
  );
}
for (const [heading, name] of [["problems-heading", "Problems"], ["shapes-heading", "Shapes"]]) {
  byId("contents").append(make("li", {}, make("a", { href: `#${heading}` }, name)));
}
byId("shapes").append(...Object.entries(schemas).map(([name, schema]) => shape(name, schema)));
unfold();
window.addEventListener("hashchange", unfold);

function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

function route({ path, method, summary, description, parameters = [], requestBody, responses }) {
  const inside = make("div", { class: "inside" }, ...(description ? [make("p", {}, ...prose(description))] : []));
  if (parameters.length) {
    inside.append(
      make("h3", {}, "Parameters"),
      table(["Name", "In", "Takes", ""], parameters.map((p) => [code(p.name), p.in, takes(p.schema, p.required), prose(p.description ?? "")])),
    );
  }
  const bodies = Object.entries(requestBody?.content ?? {});
  for (const [kind, { schema }] of bodies) {
    const words = schema.$ref ? typed(schema) : prose(schema.description ?? "");
    inside.append(make("h3", {}, "Body as ", code(kind)), make("p", {}, ...words), fields(schema), ...example(schema));
  }
  inside.append(
    make("h3", {}, "Replies"),
    table(["Status", "Is", ""], Object.entries(responses).map(([status, reply]) => [code(status), replyShape(reply), prose(reply.description ?? "")])),
    make("h3", {}, "Try it"),
    ...(bodies.length ? bodies : [[null, {}]]).map(([kind, { schema }]) => make("pre", {}, curl(method, path, kind, schema))),
  );
  return make(
    "details",
    { class: "route", id: `${method}-${path}` },
    make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("span", { class: "path" }, path), make("span", { class: "brief" }, summary ?? "")),
    inside,
  );
}

/** The fields of a schema, where it has any. */
function fields(schema) {
  const whole = [schema, ...(schema.allOf ?? []).map(({ $ref }) => schemas[$ref.split("/").pop()])];
  const required = new Set(whole.flatMap((part) => part.required ?? []));
  const rows = whole.flatMap((part) => Object.entries(part.properties ?? {})).map(([field, inner]) => [code(field), takes(inner, required.has(field)), prose(inner.description ?? "")]);
  return rows.length ? table(["Field", "Is", ""], rows) : "";
}

function shape(name, schema) {
  return make(
    "details",
    { class: "route", id: `shape-${name}` },
    make("summary", {}, make("span", { class: "path" }, name)),
    make("div", { class: "inside" }, make("p", {}, ...prose(schema.description ?? "")), fields(schema), ...example(schema)),
  );
}

/** A type in words, with links to named shapes. */
function typed(schema = {}) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return [make("a", { href: `#shape-${name}` }, name)];
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap((choice, n) => (n ? [" or ", ...typed(choice)] : typed(choice)));
  if (schema.const !== undefined) return [code(JSON.stringify(schema.const))];
  if (schema.enum) return schema.enum.flatMap((value, n) => (n ? [" | ", code(value)] : [code(value)]));
  if (schema.type === "array") return ["list of ", ...typed(schema.items)];
  if (schema.type === "null") return ["null"];
  if (schema.format === "binary") return ["file"];
  if (schema.format === "date-time") return ["moment (2024-04-26T08:00:00Z)"];
  if (schema.format === "date") return ["day (2024-04-26)"];
  return [schema.type ?? "any value"];
}

function takes(schema, required) {
  const bounds = [
    schema.maxLength ? `at most ${schema.maxLength} characters` : null,
    schema.minimum !== undefined && schema.maximum !== undefined ? `${schema.minimum} to ${schema.maximum}` : null,
    schema.default !== undefined && schema.default !== null ? `default ${JSON.stringify(schema.default)}` : null,
    required === false ? "optional" : null,
  ].filter(Boolean);
  return [...typed(schema), ...(bounds.length ? [`; ${bounds.join(", ")}`] : [])];
}

function replyShape(reply) {
  const kinds = Object.entries(reply.content ?? {});
  const named = kinds.find(([, { schema }]) => schema?.$ref || schema?.anyOf);
  return named ? typed(named[1].schema) : [kinds.map(([kind]) => kind).join(", ")];
}

function example(schema) {
  const known = schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
  return known?.example ? [make("pre", {}, JSON.stringify(known.example, null, 2))] : [];
}

function curl(method, path, kind, schema) {
  const address = new URL(path.replace(/^\//, ""), at("")).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const query = path === "/v1/search" ? "?q=harbour+bridge" : "";
  const known = schema?.$ref ? schemas[schema.$ref.split("/").pop()]?.example : schema?.example;
  const verb = method === "get" || method === "post" ? "" : `-X ${method.toUpperCase()} `;
  if (kind === "multipart/form-data") return `curl '${address}' \\\n  -F files=@bridge.html -F files=@dam.pdf`;
  const sent = known ? ` \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(known)}'` : "";
  return `curl ${verb}'${address}${query}'${sent}`;
}

function table(heads, rows) {
  const cells = (row) => row.map((cell) => make("td", {}, ...(Array.isArray(cell) ? cell : [cell])));
  return make(
    "div",
    { class: "table-frame", tabindex: "0" },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row))))),
  );
}

/** Text with `code` in it. */
function prose(text) {
  return text.split("`").map((part, n) => (n % 2 ? code(part) : part));
}

function code(text) {
  return make("code", {}, String(text));
}
