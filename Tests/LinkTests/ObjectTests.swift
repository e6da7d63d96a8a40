// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import Traces

@testable import Link

/// The committed BPF object is what its source compiles to.
struct ObjectTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    private static let object = contents(of: "cat '\(root)/Sources/Lab/Link/BPF/link.bpf.o'")
    /// The compiler's name in the object's debug information.
    private static let compiler: [UInt8] = {
        let version = contents(of: "clang --version 2>/dev/null").prefix { $0 != UInt8(ascii: "\n") }
        return Array(version)
    }()

    private static var builtByThisCompiler: Bool {
        guard !compiler.isEmpty, object.count >= compiler.count, getenv("WALKBACK_KERNEL_TIER") == nil else {
            return false
        }
        return (0...(object.count - compiler.count)).contains { object[$0...].starts(with: compiler) }
    }

    @Test(
        "compiling link.bpf.c again gives the committed object",
        .enabled(if: builtByThisCompiler, "needs the clang that built the committed object"))
    func recompile() {
        let compiled = Self.contents(
            of: """
                cd '\(Self.root)' && clang -target bpf -mcpu=v3 -O2 -g -Wall -Werror -fdebug-compilation-dir=. \
                -c Sources/Lab/Link/BPF/link.bpf.c -o -
                """)
        #expect(!compiled.isEmpty)
        #expect(compiled == Self.object, "compile it again: the command is at the top of link.bpf.c")
    }

    @Test("the kernel's condition has a member for each column that the link table writes")
    func condition() {
        #expect(Link.conditionSize == LinkTable.conditionSize)
    }

    private static func contents(of command: String) -> [UInt8] {
        guard let pipe = popen(command, "r") else { return [] }
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
