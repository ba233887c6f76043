// Renders /openapi.json: a list of methods at the left, one of them at the right, chosen by the address's #operationId.

const VERBS = ["get", "post", "put", "patch", "delete"];
const spec = await (await fetch("/openapi.json")).json();
const operations = new Map();
for (const [path, verbs] of Object.entries(spec.paths))
  for (const verb of VERBS)
    if (verbs[verb]) operations.set(verbs[verb].operationId, { path, verb, ...verbs[verb] });

/** An element; children are elements or text, which is never read as HTML. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== undefined && child !== ""));
  return made;
}

/** Text with `code` between back quotes. */
const inline = (text) => text.split("`").map((piece, i) => (i % 2 ? make("code", {}, piece) : piece));

/** Paragraphs and lists of a description. */
function prose(text = "") {
  const out = [];
  for (const block of text.split(/\n\n+/)) {
    const lines = block.split("\n");
    const items = lines.filter((line) => line.startsWith("- "));
    const rest = lines.filter((line) => !line.startsWith("- ")).join(" ");
    if (rest) out.push(make("p", {}, inline(rest)));
    if (items.length) out.push(make("ul", {}, items.map((item) => make("li", {}, inline(item.slice(2))))));
  }
  return out;
}

const named = (reference) => reference.split("/").slice(1).reduce((place, key) => place[key], spec);
const resolve = (found) => (found?.$ref ? { ...named(found.$ref), ...found } : found ?? {});
const short = (reference) => reference.split("/").pop().split(".").pop();

/** What a schema is, in a few words. */
function kind(schema) {
  if (schema.$ref) return short(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(kind).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${kind(schema.items ?? {})}`;
  if (schema.type === "object" && schema.additionalProperties) return `map to ${kind(schema.additionalProperties)}`;
  return [schema.type ?? "any", schema.format && `(${schema.format})`].filter(Boolean).join(" ");
}

const LIMITS = {
  minLength: "at least % characters", maxLength: "at most % characters", minimum: "from %", maximum: "to %",
  minItems: "at least % items", maxItems: "at most % items", maxProperties: "at most % entries", pattern: "like `%`",
};

function limits(schema) {
  // What the type says already, and the digits of 64-bit integers.
  const isPlain = (name) => (name === "minimum" && schema[name] === -(2 ** 31))
    || (name === "maximum" && schema[name] === 2 ** 31 - 1) || (name === "pattern" && schema.format === "int64")
    || (name === "minLength" && schema[name] === 1);
  const said = Object.keys(LIMITS).filter((name) => name in schema && !isPlain(name))
    .map((name) => LIMITS[name].replace("%", () => schema[name]));
  if (schema.minLength === 1) said.unshift("not empty");
  if (schema.format === "int64" && schema.pattern?.startsWith("^[1-9]")) said.push("above 0");
  if (schema.enum) said.push(`one of ${schema.enum.map((value) => `\`${value || '""'}\``).join(", ")}`);
  return said.join("; ");
}

/** The inner object that a schema leads to, if any. */
function inner(schema) {
  const found = resolve(schema.type === "array" ? schema.items : schema.additionalProperties || schema);
  return found.properties ? found : undefined;
}

function rowOf(name, schema, text, needed, seen) {
  const about = [...prose(text ?? schema.description), ...prose(limits(schema.$ref ? { enum: resolve(schema).enum } : schema))];
  const nested = inner(schema);
  const key = schema.$ref ?? schema.items?.$ref ?? name;
  if (nested && !seen.includes(key)) {
    const more = make("details", {}, make("summary", {}, "fields"));
    // Filled when it is opened: messages hold messages.
    more.addEventListener("toggle", () => more.children.length > 1 || more.append(fields(nested, [...seen, key], needed !== undefined)));
    about.push(more);
  }
  const mark = needed ? make("span", { class: "needed", title: "needed" }, " *") : "";
  return make("tr", {}, make("td", {}, make("code", {}, name), mark), make("td", { class: "dim" }, kind(schema)), make("td", {}, about));
}

function fields(schema, seen = [], isAsked = false) {
  const rows = Object.entries(schema.properties ?? {})
    .map(([name, field]) => rowOf(name, field, field.description, isAsked ? schema.required?.includes(name) ?? false : undefined, seen));
  if (rows.length) return table(["name", "type", "meaning"], rows);
  return make("p", { class: "dim" }, schema.format === "binary" ? "The bytes." : schema.type === "object" ? "No fields." : kind(schema));
}

const table = (heads, rows) =>
  make("table", {}, make("thead", {}, make("tr", {}, heads.map((head) => make("th", {}, head)))), make("tbody", {}, rows));

/** Something to begin with: what is needed of a body, with a value of the right type. */
function sample(schema, depth = 0) {
  const found = resolve(schema);
  if (found.anyOf) return sample(found.anyOf.at(-1), depth);
  if (found.enum) return found.enum[0];
  if (found.type === "object") {
    const names = depth > 2 ? [] : found.required ?? [];
    return Object.fromEntries(names.map((name) => [name, sample(found.properties[name], depth + 1)]));
  }
  if (found.type === "array") return [];
  return { integer: found.minimum > 0 ? found.minimum : 0, number: 0, boolean: false }[found.type] ?? (found.format === "int64" ? "1" : "…");
}

function curl(operation) {
  const query = (operation.parameters ?? []).filter((each) => each.in === "query" && each.required)
    .map((each) => `${each.name}=${each.name.toUpperCase()}`).join("&");
  const words = ["curl"];
  if (operation.verb !== "get" && !(operation.verb === "post" && operation.requestBody)) words.push(`-X ${operation.verb.toUpperCase()}`);
  words.push(`'${location.origin}${operation.path}${query && `?${query}`}'`);
  if (operation.security.some((each) => each.bearer) && !operation.security.some((each) => !each.bearer))
    words.push('-H "authorization: Bearer $TOKEN"');
  const content = operation.requestBody?.content ?? {};
  if (content["application/json"]) words.push(`-d '${JSON.stringify(sample(content["application/json"].schema)).replaceAll("'", "'\\''")}'`);
  else if (content["multipart/form-data"]) words.push("-F file=@FILE");
  else if (content["application/octet-stream"]) words.push("--data-binary @FILE");
  return words.join(" ");
}

function show(operation) {
  const { path, verb } = operation;
  const parts = [
    make("h1", {}, operation.summary),
    make("p", {}, make("span", { class: `verb ${verb}` }, verb.toUpperCase()), " ", make("code", {}, path)),
    ...prose(operation.description),
    make("pre", {}, curl(operation)),
  ];
  if (operation.parameters)
    parts.push(make("h2", {}, "Parameters"), table(["name", "type", "meaning"], operation.parameters.map((each) =>
      rowOf(each.name, each.schema, `${each.in === "query" ? "" : `In the ${each.in}. `}${each.description ?? ""}`, each.required, []))));
  for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
    parts.push(make("h2", {}, "Body ", make("code", {}, type)), fields(resolve(media.schema), [], true));
  const { 200: answer, ...refusals } = operation.responses;
  for (const [type, media] of Object.entries(answer.content ?? {}))
    parts.push(make("h2", {}, "Answer ", make("code", {}, type)), ...prose(answer.description), fields(resolve(media.schema)));
  parts.push(make("h2", {}, "Refusals"), table(["HTTP", "reasons"], Object.entries(refusals).map(([status, found]) =>
    make("tr", {}, make("td", {}, status), make("td", {}, make("ul", {}, resolve(found)["x-reasons"].map((reason) =>
      make("li", {}, make("code", {}, reason), " ", ...inline(spec["x-reasons"][reason] ?? "")))))))));
  parts.push(make("p", { class: "dim" }, `By gRPC: ${operation["x-rpc"]}`));
  return parts;
}

const beginning = () => [
  make("h1", {}, spec.info.title), ...prose(spec.info.description),
  make("p", {}, make("a", { href: "/openapi.json" }, "openapi.json"), " is this page for programs."),
];

function follow() {
  const chosen = operations.get(decodeURIComponent(location.hash.slice(1)));
  document.getElementById("main").replaceChildren(...(chosen ? show(chosen) : beginning()));
  document.getElementById("main").scrollTop = 0;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === location.hash && location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function list(word = "") {
  const has = (each) => `${each.verb} ${each.path} ${each.operationId} ${each.summary}`.toLowerCase().includes(word.toLowerCase());
  const groups = spec.tags.map(({ name }) => [name, [...operations.values()].filter((each) => each.tags[0] === name && has(each))]);
  document.getElementById("methods").replaceChildren(...groups.filter(([, found]) => found.length).map(([name, found]) =>
    make("section", {}, make("h2", {}, name), found.map((each) => make("a", { href: `#${each.operationId}`, title: each.summary },
      make("span", { class: `verb ${each.verb}` }, each.verb.toUpperCase()), each.path.replace(/^\/api\/v1/, ""))))));
}

document.getElementById("filter").addEventListener("input", (event) => { list(event.target.value); follow(); });
addEventListener("hashchange", follow);
list();
follow();
document.documentElement.dataset.ready = "true";
