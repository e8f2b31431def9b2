/**
 * Made-up credentials of every vendor whose shape is known, put together at run time so that no scanner
 * of secrets takes this file for a leak.
 */

export interface MadeUp {
  readonly vendor: string;
  readonly value: string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const MIXED = LETTERS + LETTERS.toUpperCase() + DIGITS;
const HEX = `${DIGITS}abcdef`;
const UPPER = LETTERS.toUpperCase() + DIGITS;
const SMALL = LETTERS + DIGITS;

/** So many characters of an alphabet by chance, with a letter and a digit among the first. */
function chance(count: number, alphabet = MIXED): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  const text = [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
  const start = alphabet === DIGITS
    ? "31"
    : alphabet === UPPER
    ? "Q7"
    : alphabet === MIXED
    ? "qZ7"
    : "e7";
  return start + text.slice(start.length);
}

const uuid = () => crypto.randomUUID();

/** What vendors give out, told by its shape wherever it stands. */
export function shapedCredentials(): MadeUp[] {
  const made: readonly (readonly [string, string])[] = [
    ["OpenAI", `sk-${chance(48)}`],
    ["OpenAI, project", `sk-proj-${chance(60)}_${chance(20)}`],
    ["OpenAI, service account", `sk-svcacct-${chance(48)}`],
    ["OpenAI, session", `sess-${chance(40)}`],
    ["Anthropic", `sk-ant-api03-${chance(80)}-${chance(6)}AA`],
    ["OpenRouter", `sk-or-v1-${chance(64, HEX)}`],
    ["Cerebras", `csk-${chance(48, SMALL)}`],
    ["xAI", `xai-${chance(80)}`],
    ["Groq", `gsk_${chance(52)}`],
    ["Google", `AIza${`Sy${chance(33)}`}`],
    ["Google, OAuth", `ya29.${`a0${chance(60)}`}`],
    ["Google, client", `GOCSPX-${chance(28)}`],
    ["Google, refresh", `1//0${chance(40)}`],
    ["NVIDIA", `nvapi-${chance(60)}`],
    ["Perplexity", `pplx-${chance(48)}`],
    ["Hugging Face", `hf_${chance(34)}`],
    ["Replicate", `r8_${chance(37)}`],
    ["Fireworks", `fw_${chance(24)}`],
    ["Voyage", `pa-${chance(43)}`],
    ["LangSmith", `lsv2_pt_${chance(32, HEX)}_${chance(10, HEX)}`],
    ["Tavily", `tvly-${chance(32)}`],
    ["Pinecone", `pcsk_${chance(60)}`],
    ["GitHub", `ghp_${chance(36)}`],
    ["GitHub, OAuth", `gho_${chance(36)}`],
    ["GitHub, app", `ghs_${chance(36)}`],
    ["GitHub, fine-grained", `github_pat_${chance(22)}_${chance(59)}`],
    ["GitLab", `glpat-${chance(20)}`],
    ["GitLab, trigger", `glptt-${chance(40, HEX)}`],
    ["GitLab, deploy", `gldt-${chance(20)}`],
    ["GitLab, runner", `glrt-${chance(20)}`],
    ["GitLab, job", `glcbt-${chance(26)}`],
    ["npm", `npm_${chance(36)}`],
    ["PyPI", `pypi-${`AgE${chance(60)}`}`],
    ["RubyGems", `rubygems_${chance(48, HEX)}`],
    ["Docker Hub", `dckr_pat_${chance(27)}`],
    ["Atlassian", `ATATT3${chance(60)}`],
    ["Postman", `PMAK-${chance(24, HEX)}-${chance(34, HEX)}`],
    ["Terraform", `atlasv1.${chance(64)}`],
    ["Linear", `lin_api_${chance(40)}`],
    ["Notion", `ntn_${chance(46)}`],
    ["Figma", `figd_${chance(40)}`],
    ["Sentry", `sntrys_${chance(60)}`],
    ["Grafana", `glsa_${chance(32)}_${chance(8, HEX)}`],
    ["New Relic", `NRAK-${chance(27, UPPER)}`],
    ["AWS", `AKIA${chance(16, UPPER)}`],
    ["AWS, session", `ASIA${chance(16, UPPER)}`],
    ["DigitalOcean", `dop_v1_${chance(64, HEX)}`],
    ["Databricks", `dapi${chance(32, HEX)}`],
    ["Doppler", `dp.pt.${chance(43)}`],
    ["PlanetScale", `pscale_tkn_${chance(43)}`],
    ["Supabase", `sbp_${chance(40, HEX)}`],
    ["Vault", `hvs.${chance(90)}`],
    ["age", `AGE-SECRET-KEY-1${chance(58, UPPER)}`],
    ["Stripe", `sk_live_${chance(24)}`],
    ["Stripe, test", `sk_test_${chance(24)}`],
    ["Stripe, restricted", `rk_live_${chance(24)}`],
    ["Stripe, webhook", `whsec_${chance(32)}`],
    ["Square", `sq0csp-${chance(43)}`],
    ["Shopify", `shpat_${chance(32, HEX)}`],
    ["Slack, bot", `xoxb-${chance(12, DIGITS)}-${chance(12, DIGITS)}-${chance(24)}`],
    ["Slack, user", `xoxp-${chance(12, DIGITS)}-${chance(12, DIGITS)}-${chance(32, HEX)}`],
    ["Slack, app", `xapp-1-${chance(10, UPPER)}-${chance(13, DIGITS)}-${chance(64, HEX)}`],
    ["SendGrid", `SG.${chance(22)}.${chance(43)}`],
    ["Mailgun", `key-${chance(32, HEX)}`],
    ["Brevo", `xkeysib-${chance(64, HEX)}-${chance(16)}`],
    ["Twilio", `SK${chance(32, HEX)}`],
    ["JSON Web Token", `eyJ${chance(30)}.eyJ${chance(60)}.${chance(43)}`],
  ];
  return made.map(([vendor, value]) => ({ vendor, value }));
}

/** What no shape tells, but a name before it. */
export function namedCredentials(): MadeUp[] {
  return [
    { vendor: "32 digits", value: chance(32, HEX) },
    { vendor: "a UUID", value: uuid() },
    { vendor: "Base64", value: `${chance(38)}+/` },
  ];
}
