// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Synchronization
import Testing

@testable import Kernels
@testable import System

struct GuestPoolTests {
    @Test(arguments: [1, 2, 5, 50])
    func `Every job is done once, at most so many at a time, and results keep the jobs' order`(width: Int) throws {
        let running = Mutex<(now: Int, most: Int, total: Int)>((0, 0, 0))
        let results = try GuestPool(width: width).map(Array(0..<20), cancellation: try Cancellation()) { job, _ in
            running.withLock {
                $0.now += 1
                $0.total += 1
                $0.most = max($0.most, $0.now)
            }
            // Later jobs end first.
            usleep(UInt32(20 - job) * 200)
            running.withLock { $0.now -= 1 }
            return job * job
        }
        #expect(try results.map { try $0.get() } == (0..<20).map { $0 * $0 })
        let (now, most, total) = running.withLock { $0 }
        #expect(now == 0 && total == 20 && most <= width)
    }

    @Test func `The first fault ends the others where asked to, and is the one that is thrown`() throws {
        let started = Mutex(0)
        let fault = #expect(throws: Fault.self) {
            try GuestPool(width: 2).map(Array(0..<100), cancellation: try Cancellation()) { job, cancellation in
                started.withLock { $0 += 1 }
                if job == 1 { throw Fault(.notTrustworthy, "job 1") }
                while cancellation.fault == nil { usleep(100) }
                throw Fault(.failed, "ended by another")
            }
        }
        #expect(fault == Fault(.notTrustworthy, "job 1"))
        #expect(started.withLock { $0 } == 2)
    }

    @Test func `A fault stays with its job where the others go on`() throws {
        let pool = GuestPool(width: 3, stopsAtFirstFault: false)
        let results = try pool.map(Array(0..<9), cancellation: try Cancellation()) { job, _ in
            if job == 4 { throw Fault(.failed, "job 4") }
            return job
        }
        #expect(results[4] == .failure(Fault(.failed, "job 4")))
        #expect(results.filter { (try? $0.get()) != nil }.count == 8)
    }

    @Test func `No jobs are no trouble`() throws {
        let results = try GuestPool(width: 4).map([Int](), cancellation: try Cancellation()) { job, _ in job }
        #expect(results.isEmpty)
    }
}
