// SPDX-License-Identifier: Apache-2.0
import Lab
import Netlink

/// How programs learn their place in the lab: names in /etc/hosts and environment variables.
struct ProgramNames {
    /// The complete /etc/hosts: `server`, and the mobile host's address on each path under the path's name.
    let hosts: String
    /// `WALKBACK_SERVER`, `WALKBACK_PATHS`, and for each path `WALKBACK_ADDRESS_PATH` and `WALKBACK_INTERFACE_PATH`.
    let environment: [String: String]

    init(_ lab: Lab) {
        let paths = lab.topology.paths
        var hosts = "127.0.0.1 localhost\n::1 localhost\n"
        for address in lab.topology.trunk.far.addresses { hosts += "\(address) server\n" }
        var environment = [
            "WALKBACK_SERVER": lab.serverAddress(for: 0), "WALKBACK_PATHS": paths.map(\.name).joined(separator: " "),
        ]
        for (index, path) in paths.enumerated() {
            let suffix = String(path.name.uppercased().map { $0 == "-" ? "_" : $0 })
            environment["WALKBACK_ADDRESS_\(suffix)"] = lab.mobileAddress(of: index)
            environment["WALKBACK_INTERFACE_\(suffix)"] = path.radio.near.interface.name
            for address in path.radio.near.addresses { hosts += "\(address) \(path.name)\n" }
        }
        self.hosts = hosts
        self.environment = environment
    }
}
