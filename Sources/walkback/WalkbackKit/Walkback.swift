import ArgumentParser
import Documents
import Glibc
import Strategies

/// The program: parses, calls, prints. Results go to standard output, everything else to standard error.
public enum Walkback {
    static let version = "0.1.0"

    /// Runs what the command line asks for. A program of your own calls this from its entry point, with what it adds to
    /// Walkback. The lab's guests boot the program that was called, so what is added is there too.
    ///
    /// - Parameter strategies: what can be named in replays and with `--strategies` next to the built-in ones.
    public static func main(adding strategies: [any Strategy.Type] = []) {
        for strategy in strategies { StrategyRegistry.types.add(strategy) }
        do {
            var command = try RootCommand.parseAsRoot()
            try command.run()
        } catch let fault as Fault {
            fail(fault)
        } catch {
            // ArgumentParser's own `main` would exit with 1 for every failure of ours.
            RootCommand.exit(withError: error)
        }
    }

    private static func fail(_ fault: Fault) -> Never {
        print(standardError: "walkback: \(fault.message)")
        Glibc.exit(fault.code.rawValue)
    }

    static func print(standardError text: String) {
        write("\(text)\n", to: 2)
    }

    /// Writes all of it; a reader that has gone away is no error of ours.
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
