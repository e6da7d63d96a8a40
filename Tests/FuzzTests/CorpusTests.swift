// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import FuzzTargets
import Glibc
import Testing

/// What fuzzing has found, and what it starts from. A trap would end this process.
@Suite(.serialized) struct CorpusTests {
    private static let corpus = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Corpus"

    @Test(arguments: FuzzTargets.all.map(\.name))
    func `Every seed is accepted, so that fuzzing starts within the reader`(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for (index, seed) in seeds.enumerated() {
            let refusal = try target.run(seed)
            #expect(refusal == nil, "seed \(index)")
        }
    }

    @Test(arguments: FuzzTargets.all.map(\.name))
    func `No input that was found once is a crash, slow or against a rule`(_ name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let directory = "\(Self.corpus)/\(name)"
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(!files.isEmpty)
        for file in files.sorted() {
            let input = try [UInt8](Data(contentsOf: URL(filePath: "\(directory)/\(file)")))
            let start = Self.processorSeconds()
            _ = try target.run(input)
            #expect(Self.processorSeconds() - start < 10, "\(file)")
        }
    }

    /// What this thread has used so far, to which other tests and processes add nothing.
    private static func processorSeconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec
    }

    /// Without it, an input in a folder that is named wrongly would be tested by nobody.
    @Test func `Every folder of the corpus has a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(Set(folders) == Set(FuzzTargets.all.map(\.name)))
    }
}
