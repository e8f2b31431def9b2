/** The configuration that the original README prints: people have files like it. */
import assert from "node:assert/strict";

/** The block under 配置说明, letter by letter. */
export const SEED_YAML = `listen: ":8080"

# 后端定义
backends:
  - name: "provider-a"
    url: "https://api.provider-a.com/v1"  # 完整基础路径
    api_key: "sk-xxx"                      # 可选，仅记录用途

# 模型别名（多对多映射）
models:
  "claude-opus":                           # 本地别名（客户端使用）
    - backend: "provider-a"
      model: "claude-opus-4"               # 该后端的实际模型名
      priority: 1                          # 优先级（数字越小越优先）
    - backend: "provider-b"
      model: "abab6.5-chat"
      priority: 2

# 回退配置
fallback:
  cooldown_seconds: 300                    # 冷却时间（秒）
  max_retries: 3                           # 单次请求最大尝试次数

# 异常检测
detection:
  error_codes: [402, 429, 500, 502, 503, 504]
  error_patterns:
    - "insufficient_quota"
    - "rate_limit"

# 日志配置
logging:
  level: "debug"                           # debug/info/warn/error
  request_dir: "./logs/requests"
  error_dir: "./logs/errors"
  general_file: "./logs/proxy.log"
`;

/** The README's configuration with one passage in place of another, which it must hold. */
export function reworded(yaml: string, passage: string, instead: string): string {
  assert.ok(yaml.includes(passage), `The configuration does not hold ${JSON.stringify(passage)}`);
  return yaml.replace(passage, () => instead);
}
