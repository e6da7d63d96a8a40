// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// Where keys and passwords usually are. A guest finds these places empty.
enum SecretPaths {
    /// Below a home directory.
    static let personal = [
        ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", ".git-credentials", ".npmrc", ".pypirc",
        ".pgpass", ".my.cnf", ".vault-token", ".password-store", ".terraform.d", ".cargo/credentials",
        ".cargo/credentials.toml", ".gem/credentials", ".m2/settings.xml", ".gradle/gradle.properties",
        ".config/gcloud", ".config/gh", ".config/hub", ".config/git/credentials", ".config/op", ".config/rclone",
        ".config/containers/auth.json", ".config/google-chrome", ".config/chromium", ".mozilla", ".thunderbird",
        ".local/share/keyrings", ".local/share/kwalletd", ".bash_history", ".zsh_history", ".history",
    ]

    /// Of the machine; for the most part only root can read them.
    static let shared = [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d",
        "/etc/ssl/private", "/etc/NetworkManager/system-connections", "/etc/wpa_supplicant", "/etc/wireguard",
        "/etc/krb5.keytab", "/run/secrets",
    ]

    /// All that exist here, as absolute paths.
    static var all: [FilePath] {
        let below = homes.flatMap { home in personal.map { home.appending($0) } }
        let keys = Files.entries(of: "/etc/ssh").filter { $0.hasPrefix("ssh_host_") && !$0.hasSuffix(".pub") }
            .map { FilePath("/etc/ssh/\($0)") }
        // Podman's passwords.
        let runtime = FilePath("/run/user/\(geteuid())/containers")
        return (below + keys + [runtime] + shared.map { FilePath($0) }).filter { access($0.string, F_OK) == 0 }
    }

    /// Our home directory; for root, who can read every other, those of all users.
    private static var homes: [FilePath] {
        var homes = Set<FilePath>()
        if let home = getenv("HOME") { homes.insert(FilePath(String(cString: home))) }
        let number = String(geteuid())
        for line in ((try? Files.text("/etc/passwd")) ?? nil)?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 6, geteuid() == 0 || fields[2] == number else { continue }
            homes.insert(FilePath(String(fields[5])))
        }
        return homes.filter { $0.isAbsolute && $0 != "/" }.sorted { $0.string < $1.string }
    }
}
