class LlmProxy < Formula
  desc "One address for many LLM backends, with fallback within the request and logs"
  homepage "https://github.com/{{repository}}"
  version "{{version}}"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/{{repository}}/releases/download/v{{version}}/llm-proxy-{{version}}-macos-arm64.tar.gz"
      sha256 "{{sha256:macos-arm64}}"
    end
    on_intel do
      url "https://github.com/{{repository}}/releases/download/v{{version}}/llm-proxy-{{version}}-macos-x64.tar.gz"
      sha256 "{{sha256:macos-x64}}"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/{{repository}}/releases/download/v{{version}}/llm-proxy-{{version}}-linux-arm64.tar.gz"
      sha256 "{{sha256:linux-arm64}}"
    end
    on_intel do
      url "https://github.com/{{repository}}/releases/download/v{{version}}/llm-proxy-{{version}}-linux-x64.tar.gz"
      sha256 "{{sha256:linux-x64}}"
    end
  end

  def install
    bin.install "llm-proxy.exe" => "llm-proxy"
    pkgshare.install "config.example.yaml"
  end

  service do
    run [opt_bin/"llm-proxy", "-config", etc/"llm-proxy/config.yaml"]
    keep_alive true
    working_dir var/"llm-proxy"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/llm-proxy -version")
  end
end
