/**
 * How vendors' credentials look: the one place that knows. The shapes are those that vendors document and
 * that the field's scanners of secrets look for (gitleaks, trufflehog, GitHub's secret scanning).
 */

export interface CredentialShape {
  readonly vendor: string;
  /** How it begins; the first two characters of each stand for themselves. */
  readonly begins: readonly string[];
  /** What follows, as the source of a pattern that no text makes slow. */
  readonly follows: string;
}

/** Letters, digits, `-` and `_`, so many and more. */
const word = (least: number) => `[\\w-]{${least},}`;
/** Letters and digits alone, so that no name with dashes is one. */
const solid = (least: number) => `[A-Za-z0-9]{${least},}(?![\\w-])`;
const hex = (digits: number) => `[\\da-f]{${digits}}(?![\\w-])`;

function shape(vendor: string, begins: string, follows: string): CredentialShape {
  return { vendor, begins: begins.split(" "), follows };
}

export const CREDENTIAL_SHAPES: readonly CredentialShape[] = [
  // Models
  // Not the names in lower case, with dashes, that style sheets have.
  shape(
    "OpenAI, Anthropic, OpenRouter, DeepSeek and many resellers",
    "sk-",
    "(?:(?=[\\w-]*[\\dA-Z_])[\\w-]{16,}|[A-Za-z]{16,})",
  ),
  shape("OpenAI, ephemeral", "ek_", word(20)),
  shape("OpenAI, sessions", "sess-", solid(30)),
  shape("Cerebras", "csk-", word(16)),
  shape("xAI", "xai-", word(20)),
  shape("Groq", "gsk_", word(20)),
  shape("Google, API key", "AIza", word(20)),
  shape("Google, OAuth", "ya29\\.", word(20)),
  shape("Google, OAuth client", "GOCSPX-", word(20)),
  shape("Google, refresh token", "1//0", word(30)),
  shape("NVIDIA", "nvapi-", word(20)),
  shape("Perplexity", "pplx-", word(20)),
  shape("Hugging Face", "hf_ api_org_", solid(20)),
  shape("Replicate", "r8_", word(20)),
  shape("Fireworks", "fw_", solid(20)),
  shape("Together", "tgp_v1_", word(20)),
  shape("Voyage", "pa-", "(?=[\\w-]*\\d)(?=[\\w-]*[A-Z])[\\w-]{40,}"),
  shape("Jina", "jina_", word(20)),
  shape("LangSmith", "lsv2_pt_ lsv2_sk_ ls__", word(20)),
  shape("Langfuse", "sk-lf- pk-lf-", word(20)),
  shape("Tavily", "tvly-", word(16)),
  shape("Pinecone", "pcsk_", word(20)),
  // Code
  shape("GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", word(20)),
  shape("GitHub, fine-grained", "github_pat_", word(20)),
  shape(
    "GitLab",
    "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct- glwt-",
    "[\\w.-]{20,}",
  ),
  shape("npm", "npm_", solid(30)),
  shape("PyPI", "pypi-AgE", word(30)),
  shape("RubyGems", "rubygems_", word(30)),
  shape("crates.io", "cio", solid(32)),
  shape("NuGet", "oy2", "[a-z0-9]{43}(?![\\w-])"),
  shape("Docker Hub", "dckr_pat_ dckr_oat_", word(20)),
  shape("Atlassian", "ATATT3 ATCTT3 ATBB", "[\\w=-]{20,}"),
  shape("Postman", "PMAK-", word(20)),
  shape("Terraform Cloud", "atlasv1\\.", "[\\w=-]{20,}"),
  shape("Pulumi", "pul-", hex(40)),
  shape("Sourcegraph", "sgp_ slk_", word(30)),
  shape("Linear", "lin_api_ lin_oauth_", word(30)),
  shape("Notion", "ntn_ secret_", "(?=[\\w-]*\\d)[A-Za-z0-9]{30,}"),
  shape("Figma", "figd_", word(30)),
  shape("Sentry", "sntrys_ sntryu_", "[\\w+/=-]{30,}"),
  shape("Grafana", "glc_ glsa_", "[\\w+/=-]{20,}"),
  shape("New Relic", "NRAK- NRJS- NRRA- NRII-", word(20)),
  shape("PostHog", "phc_ phx_", word(30)),
  // Clouds
  shape("AWS, access key", "AKIA ASIA ABIA ACCA", "[A-Z\\d]{16}(?!\\w)"),
  shape("AWS, Bedrock", "ABSK", "[A-Za-z0-9+/=]{40,}"),
  shape("Alibaba Cloud", "LTAI", "[A-Za-z0-9]{12,24}(?![\\w-])"),
  shape("Tencent Cloud", "AKID", "[A-Za-z0-9]{32,}(?![\\w-])"),
  shape("DigitalOcean", "dop_v1_ doo_v1_ dor_v1_", word(20)),
  shape("Cloudflare", "v1.0-", "[\\da-f]{24}-[\\da-f]{16,}"),
  shape("Cloudflare, named token", "cfat_ cfut_ cfk_", word(30)),
  shape("Databricks", "dapi dkea dose", "[\\da-f]{32}(?:-\\d)?(?![\\w-])"),
  shape("Doppler", "dp\\.pt\\. dp\\.st\\. dp\\.ct\\.", "[\\w.-]{30,}"),
  shape("Fly.io", "fo1_ fm1r_ fm2_", "[\\w+/=,-]{30,}"),
  shape("Heroku", "HRKU-", word(30)),
  shape("Netlify", "nfp_", word(30)),
  shape("Vercel", "vcp_ vci_ vca_ vcr_ vck_", word(20)),
  shape("PlanetScale", "pscale_tkn_ pscale_pw_ pscale_oauth_", "[\\w.=-]{30,}"),
  shape("Supabase", "sbp_ sb_secret_", word(20)),
  shape("HashiCorp Vault", "hvs\\. hvb\\. hvr\\.", word(20)),
  shape("1Password", "ops_eyJ", "[\\w=+/-]{30,}"),
  shape("1Password, secret key", "A3-", "[A-Z\\d]{6}-(?:[A-Z\\d]{5,11}-){2,5}[A-Z\\d]{5}"),
  shape("age", "AGE-SECRET-KEY-1", "[A-Z\\d]{20,}"),
  // Money, mail, messages
  shape("Stripe", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", word(16)),
  shape("Stripe, webhook", "whsec_", "[\\w+/=-]{20,}"),
  shape("Square", "sq0atp- sq0csp- EAAA", "[\\w-]{40,}|[\\w-]{22}(?![\\w-])"),
  shape("Shopify", "shpat_ shpca_ shppa_ shpss_ shptka_", word(20)),
  shape("Slack", "xoxb- xoxp- xoxa- xoxe- xoxr- xoxs- xoxc- xoxd- xoxo-", "[\\w.%-]{10,}"),
  shape("Slack, app", "xapp- xoxe\\.xoxp- xoxe\\.xoxb-", word(10)),
  shape("SendGrid", "SG\\.", "[\\w-]{16,}\\.[\\w-]{16,}"),
  shape("Mailgun", "key-", hex(32)),
  shape("Brevo", "xkeysib- xsmtpsib-", word(30)),
  shape("Twilio", "SK", hex(32)),
  // A bot's id, which is a number in Base64, begins it.
  shape(
    "Discord",
    "MD MT Mj Mz ND NT Nj Nz OD OT Oj Oz",
    "[\\w-]{21,25}\\.[\\w-]{6}\\.[\\w-]{27,}",
  ),
  shape("Airtable", "pat", `[A-Za-z0-9]{14}\\.[\\da-f]{16,}`),
  shape("Mapbox", "sk\\.eyJ", "[\\w-]{20,}\\.[\\w-]{20,}"),
  shape("Dynatrace", "dt0c01\\. dt0s01\\. dt0s16\\.", "[A-Z\\d]{24}\\.[A-Z\\d]{16,}"),
  shape("Telegram", "AA", "(?<=\\d{8}:AA)[\\w-]{32,}"),
  // Anybody's
  shape("JSON Web Token (RFC 7519)", "eyJ", "[\\w-]{8,}\\.eyJ[\\w-]{8,}(?:\\.[\\w-]*)*"),
];
