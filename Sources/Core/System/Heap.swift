import CLinux

/// The heap of a process that runs for years.
package enum Heap {
    /// Two of twenty-five threads work at the same moment, and what one has freed another may take.
    private static let heaps: Int32 = 2
    /// In bytes. What a mail or an item is made of is smaller mostly.
    private static let large: Int32 = 64 << 10
    /// In bytes: a batch of mails, whose room the next batch needs.
    private static let slack: Int32 = 4 << 20

    /// Keeps the heap from growing over the years (mallopt(3)). To be called before there are many threads.
    package static func prepare() {
        // glibc has up to eight heaps a core, and two thirds of them lie idle after an edition.
        _ = mallopt(M_ARENA_MAX, heaps)
        // What is large lies apart, always, and goes back when it is freed. Else glibc takes pieces of up to 32 MB from the heaps after
        // the first of their size, and something small that outlasts them keeps their room from the system.
        _ = mallopt(M_MMAP_THRESHOLD, large)
        _ = mallopt(M_TRIM_THRESHOLD, slack)
    }

    /// Gives what is free back to the system (malloc_trim(3)): after work that needed much for a moment.
    package static func trim() { _ = malloc_trim(0) }
}
