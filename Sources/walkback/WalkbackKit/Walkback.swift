// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Bounds
import Documents
import Glibc
import Plans
import Registries
import Strategies
import Synchronization
import System
import SystemPackage
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
            if let fault = outputFailure.withLock({ $0 }) { throw fault }
        } catch let fault as Fault {
            fail(fault)
        } catch {
            end(with: error)
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

    /// Shows help, or what is wrong with the command line. ArgumentParser's own `main` would exit with 1 for every
    /// failure of Walkback, and with 0 if help cannot be written.
    private static func end(with error: any Error) -> Never {
        let code = RootCommand.exitCode(for: error)
        let text = RootCommand.fullMessage(for: error)
        if !text.isEmpty { write("\(text)\n", to: code.isSuccess ? 1 : 2) }
        if code.isSuccess, let fault = outputFailure.withLock({ $0 }) { fail(fault) }
        Glibc.exit(code.rawValue)
    }

    /// Why standard output could not be written; nil if it could.
    private static let outputFailure = Mutex<Fault?>(nil)

    /// Shows a message of one line. Names in it may come from files, so what would act on a terminal is escaped.
    static func print(standardError text: String) {
        write("\(Shown.line(text))\n", to: 2)
    }

    /// Writes all of `text`. What would act on a terminal is escaped.
    ///
    /// If standard output cannot be written, the program ends with an error when the command is done: what the command
    /// has put into files is complete.
    static func write(_ text: String, to descriptor: Int32) {
        writeVerbatim(Array(Shown.lines(text).utf8)[...], to: descriptor)
    }

    /// The same for what a program of the user's prints, and for what controls the terminal.
    static func writeVerbatim(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        do throws(Errno) {
            try StandardStream.write(bytes, to: descriptor)
        } catch {
            // There is no place to complain about standard error.
            guard descriptor == 1 else { return }
            let remedy = error == .noSpace ? "; free some space, or send it elsewhere" : ""
            outputFailure.withLock {
                $0 = $0 ?? Fault(.failed, "cannot write to standard output: \(error)\(remedy)")
            }
        }
    }
}
