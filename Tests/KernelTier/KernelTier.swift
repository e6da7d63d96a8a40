// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing

/// For tests that run inside the embedded kernel only.
///
/// On the host they are skipped, and their names are written to the file `$WALKBACK_KERNEL_TIER_LIST`, if that is set.
/// From this list `Tests/kernel-tier` knows which tests to run in the guest. There each of them prints a line before it
/// starts, and the script fails if the line of a listed test is missing.
package struct KernelTierTrait: TestTrait, SuiteTrait, TestScoping {
    /// The tests of a suite have the trait too.
    package var isRecursive: Bool { true }

    private static let isInGuest = variable("WALKBACK_KERNEL_TIER") == "1"
    private static let started = Mutex<Set<String>>([])

    package func prepare(for test: Test) async throws {
        if !Self.isInGuest, !test.isSuite, let list = Self.variable("WALKBACK_KERNEL_TIER_LIST") {
            try Self.add("\(test.id)", to: list)
        }
        try await ConditionTrait.enabled(if: Self.isInGuest, "needs the embedded kernel: `make test` boots one")
            .prepare(for: test)
    }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // Printed once for all arguments of a test.
        if Self.started.withLock({ $0.insert("\(test.id)").inserted }) { print("kernel tier: started \(test.id)") }
        try await function()
    }

    /// Writes each line at once, so that lines of tests that are prepared at the same time stay whole.
    private static func add(_ name: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        defer { if file >= 0 { close(file) } }
        let line = Array("\(name)\n".utf8)
        guard file >= 0, write(file, line, line.count) == line.count else {
            throw ListError(description: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private struct ListError: Error, CustomStringConvertible {
        var description: String
    }
}

extension Trait where Self == KernelTierTrait {
    package static var kernelTier: Self { Self() }
}
