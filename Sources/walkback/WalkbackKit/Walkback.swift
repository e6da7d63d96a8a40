// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Bounds
import Documents
import Glibc
import Plans
import Registries
import Strategies
import TraceFormats

/// The program: it parses the command line, calls the command and prints. Results go to standard output, everything
/// else to standard error.
public enum Walkback {
    static let version = "0.1.0"

    /// Runs what the command line asks for. Your own program calls this from its entry point, with what it adds to
    /// Walkback. The lab's guests boot the program that was called, so the additions exist there too.
    ///
    /// Each addition has a name of its own: 1 to 40 of a-z, 0-9 and '-', the first of them a letter. If a name breaks
    /// this rule, or is that of a built-in strategy, bound, format or workload or of an earlier addition, the program
    /// ends with ``ExitCode/usage`` and a sentence that names it, before anything runs.
    ///
    /// - Parameters:
    ///   - strategies: strategies that replays and `--strategies` can name, next to the built-in ones.
    ///   - bounds: oracles, each with a ratio `mptcp/NAME`, a row in tables and a gate.
    ///   - formats: file formats that `import`, `export`, `inspect` and `derive` know.
    ///   - workloads: kinds that a replay's `workload` can name.
    public static func main(
        adding strategies: [any Strategy.Type] = [], bounds: [any Bound.Type] = [],
        formats: [any TraceFormat] = [], workloads: [any WorkloadKind.Type] = []
    ) {
        do {
            try add(strategies, bounds, formats, workloads)
            var command = try RootCommand.parseAsRoot()
            try command.run()
        } catch let fault as Fault {
            fail(fault)
        } catch {
            // ArgumentParser's own `main` would exit with 1 for every Walkback failure.
            RootCommand.exit(withError: error)
        }
    }

    /// - Throws: `Fault` (usage) for the first addition whose name is taken or not allowed.
    static func add(
        _ strategies: [any Strategy.Type] = [], _ bounds: [any Bound.Type] = [], _ formats: [any TraceFormat] = [],
        _ workloads: [any WorkloadKind.Type] = []
    ) throws {
        try strategies.forEach(StrategyRegistry.types.add)
        try bounds.forEach(KnownBounds.registry.add)
        try formats.forEach(TraceFormats.add)
        try workloads.forEach(Workload.kinds.add)
    }

    private static func fail(_ fault: Fault) -> Never {
        print(standardError: "walkback: \(fault.message)")
        Glibc.exit(fault.code.rawValue)
    }

    static func print(standardError text: String) {
        write("\(text)\n", to: 2)
    }

    /// Writes all of `text`. A reader that has gone away is not an error.
    static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8)[...], to: descriptor)
    }

    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
