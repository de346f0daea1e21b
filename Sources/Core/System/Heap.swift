import CLinux

/// The heap of a process that runs for years.
package enum Heap {
    /// Two of twenty-five threads work at the same moment, and what one has freed another may take.
    private static let heaps: Int32 = 2

    /// Lets threads share few heaps (mallopt(3), `M_ARENA_MAX`): glibc has up to eight a core, and two thirds of them lie idle after an
    /// edition. To be called before there are many threads.
    package static func shareAmongThreads() { _ = mallopt(M_ARENA_MAX, heaps) }

    /// Gives what is free back to the system (malloc_trim(3)): after work that needed much for a moment.
    package static func trim() { _ = malloc_trim(0) }
}
