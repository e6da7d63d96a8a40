// SPDX-License-Identifier: Apache-2.0
import FuzzTargets
import Glibc

/// The target that the variable names.
private let target: FuzzTarget = {
    let name = variable("WALKBACK_FUZZ_TARGET") ?? ""
    guard let target = FuzzTargets.named(name) else {
        print(
            "WALKBACK_FUZZ_TARGET is '\(name)'; the targets are: \(FuzzTargets.all.map(\.name).joined(separator: " "))")
        exit(64)
    }
    return target
}()

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Called by libFuzzer before everything else. If a directory for seeds is named, they are written there, and nothing
/// else happens.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafePointer<CInt>, _ arguments: UnsafeRawPointer) -> CInt {
    // Ends here if there is no such target.
    let target = target
    guard let directory = variable("WALKBACK_FUZZ_SEEDS") else { return 0 }
    do {
        try target.writeSeeds(to: directory)
    } catch {
        print("\(target.name): the seeds cannot be written: \(error)")
        exit(1)
    }
    exit(0)
}

/// The processor time that this process may use; it is asked for after every so many executions.
private let limit = variable("WALKBACK_FUZZ_SECONDS").flatMap { Int($0) }.map { $0 * CLOCKS_PER_SEC }
private let executionsBetween: UInt64 = 64
private nonisolated(unsafe) var executions: UInt64 = 0

/// The processor time that one input may take. libFuzzer's own limit is on real time, which other processes use up.
private let slowest = 10 * CLOCKS_PER_SEC

/// Called by libFuzzer with each input. It sees only a process that ends, is slow or uses memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let start = clock()
    do {
        _ = try target.run(Array(UnsafeBufferPointer(start: data, count: size)))
    } catch {
        fatalError("\(target.name): \(error)")
    }
    guard clock() - start < slowest else { fatalError("\(target.name): takes more than 10 s of processor time") }
    executions += 1
    // On this signal libFuzzer ends in an orderly way.
    if executions % executionsBetween == 0, let limit, clock() > limit { raise(SIGUSR1) }
    return 0
}
