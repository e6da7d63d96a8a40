// SPDX-License-Identifier: Apache-2.0
import Traces

/// The text of a replay of measured paths, with every default written out.
enum ReplayText {
    /// - Parameter paths: each path with the line that names its trace, such as `trace: wifi.trace.csv`.
    static func text(
        name: String, command: String, comments: [String], paths: [(name: String, kind: PathKind, source: String)]
    ) -> String {
        let names = paths.map(\.name)
        let strategies =
            names.map { "tcp-\($0)" } + names.map { "tcp-\($0)-reconnect" }
            + (names.count > 1 ? ["optimal-built"] : []) + ["mptcp"]
        let head =
            ["Made by: \(command)"] + comments + [
                "Both mobility delays are 0: what was measured contains the time to notice a loss and to get an "
                    + "address."
            ]
        return head.map { "# \($0)\n" }.joined() + "name: \(name)\npaths:\n"
            + paths.map { "  \($0.name): {kind: \($0.kind.rawValue), \($0.source)}\n" }.joined()
                + """
                workload: {kind: download, duration: trace}
                strategies: [\(strategies.joined(separator: ", "))]
                seeds: 10
                mobility: {mode: informed, detection: 0ms, acquisition: 0ms}
                oracle: {window: 10s}
                transport: {congestion_control: cubic, receive_buffer: 6MB, send_buffer: 4MB}

                """
    }
}
