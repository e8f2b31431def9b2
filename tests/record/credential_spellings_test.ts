/** Spellings in which a known credential, or a named value, stays readable in the records. */
import assert from "node:assert/strict";
import { createRedactor } from "../../lib/record/redact.ts";

const KEY = "Inj-kEy/A+9fQ2mZr7W=";
const known = createRedactor({ enabled: true, secrets: [KEY] });

const SPELLINGS: Readonly<Record<string, string>> = {
  // As Go's html/template, mustache and OWASP's encoders write it into an error page.
  "HTML, decimal": KEY.replaceAll("/", "&#47;").replaceAll("+", "&#43;").replaceAll("=", "&#61;"),
  "HTML, hexadecimal": KEY.replaceAll("/", "&#x2F;").replaceAll("+", "&#x2B;"),
  "HTML, every character": [...KEY].map((each) => `&#${each.charCodeAt(0)};`).join(""),
  "\\x2f, as JavaScript's escapers write it": KEY.replaceAll("/", "\\x2f").replaceAll("+", "\\x2b"),
  "HTML, by name": KEY.replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll(
    "=",
    "&equals;",
  ),
  "HTML in JSON": JSON.stringify(KEY.replaceAll("/", "&#x2F;")),
  "HTML in a URL": encodeURIComponent(KEY.replaceAll("/", "&#x2F;")),
  "\\x, every character": [...KEY].map((each) => `\\x${hex(each, 2)}`).join(""),
  "\\x within JSON": JSON.stringify(KEY.replaceAll("/", "\\x2f")),
  "\\u{2f}": KEY.replaceAll("/", "\\u{2f}"),
  "\\u{…}, every character": [...KEY].map((each) => `\\u{${hex(each, 2)}}`).join(""),
  "\\U0000002f": KEY.replaceAll("/", "\\U0000002f"),
  "octal": KEY.replaceAll("/", "\\057").replaceAll("+", "\\053"),
  "%u002f": KEY.replaceAll("/", "%u002f"),
  "hexadecimal": [...KEY].map((each) => hex(each, 2)).join(""),
  "hexadecimal, capitals": [...KEY].map((each) => hex(each, 2)).join("").toUpperCase(),
};

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}

for (const [spelling, text] of Object.entries(SPELLINGS)) {
  Deno.test(`the redactor knows a credential in ${spelling}`, () => {
    const { text: shown } = known.text(`it "${text}" is wrong`);
    assert.ok(!shown.includes(text.slice(4, -4)), shown);
    assert.match(shown, /^"?it ".*" is wrong$/);
  });
}

const QUOTED = `pass"w<or'd>&12`;
const quoted = createRedactor({ enabled: true, secrets: [QUOTED] });

for (
  const [double, single] of [["&quot;", "'"], ["&quot;", "&#39;"], ["&#34;", "&#39;"], [
    "&quot;",
    "&#x27;",
  ]]
) {
  Deno.test(`the redactor knows a credential that a page had to escape, by ${double} and ${single}`, () => {
    const text = QUOTED.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
      .replaceAll('"', double ?? "").replaceAll("'", single ?? "");
    assert.doesNotMatch(quoted.text(`it is ${text} there`).text, /pass.*12/);
  });
}

const SECRET = "Qz001vX7mWk001Lp";
const unknown = createRedactor({ enabled: true, secrets: [] });

const NAMED: Readonly<Record<string, string>> = {
  "a form, as Rails and PHP name it": `model=m&user[password]=${SECRET}`,
  "a query, as Rails and PHP name it": `?x[api_key]=${SECRET}`,
  "YAML, on the next line": `api_key:\n  ${SECRET}\n`,
  "a form, nested": `user[0][password]=${SECRET}&a=b`,
  "a form, brackets encoded": `user%5Bpassword%5D=${SECRET}`,
  "a multipart form": `Content-Disposition: form-data; name="user[password]"\r\n\r\n${SECRET}\r\n`,
  "a multipart form, name*":
    `Content-Disposition: form-data; name*=UTF-8''password\r\n\r\n${SECRET}\r\n`,
  "YAML in JSON": JSON.stringify({ text: `a: b\napi_key: >-\n  ${SECRET}\nc: d` }),
  "YAML, literal": `api_key: |\r\n  ${SECRET}\r\n`,
  "YAML, folded": `api_key: >-\n  ${SECRET}\n`,
};

for (const [place, text] of Object.entries(NAMED)) {
  Deno.test(`the redactor masks a named value in ${place}`, () => {
    assert.doesNotMatch(unknown.text(text).text, new RegExp(SECRET));
  });
}

const KEPT = [
  "if api_key:\n    raise Error1234(x)\n",
  "secrets:\n  item1abc2: value\n",
  "  map[key]=computedValue1;",
  "a &amp; b &lt; c &#39;quoted&#39; \\x1b[0m \\1 \\057",
  "rows[0]=12345678",
];

for (const text of KEPT) {
  Deno.test(`the redactor leaves as it is: ${JSON.stringify(text)}`, () => {
    assert.equal(unknown.text(text).text, text);
  });
}
