// SPDX-License-Identifier: Apache-2.0
import Derivation
import System
import TraceFormats
import Traces

extension Derivation {
    package static let replayFileName = TraceImport.replayFileName

    /// The text of a replay of the derived paths.
    package var replay: String {
        ReplayText.text(
            name: options.name, command: command,
            comments: ["Capacity where demand did not fill the link: \(options.filling.rawValue)."],
            paths: traces.map { ($0.name, $0.kind, "trace: \(TraceImport.traceFileName($0.name))") })
    }

    /// Every file of the output directory, the replay last.
    package var files: [TextDirectory.File] {
        traces.map { trace in
            TextDirectory.File(TraceImport.traceFileName(trace.name)) { try TraceFile.write(trace, to: $0) }
        } + [TextDirectory.File(Self.replayFileName, text: replay)]
    }
}
