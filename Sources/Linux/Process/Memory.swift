// Memory that a start or a reload needs and answering does not: kept while it is needed again and again, then given back.

internal import CLinux
internal import Glibc

/// glibc's own thresholds, in octets (mallopt(3)).
private let ordinaryThreshold: Int32 = 128 << 10

/// In how many pieces (arenas) glibc keeps memory at most: one that the main thread begins with, three for all others.
///
/// By itself glibc makes one for each thread, up to eight for each processor, and each reserves 64 MiB of address space:
/// a gigabyte for a server of eight workers, more or less of it as threads happen to meet. Workers allocate nothing for a
/// query, so a few are enough.
private let mostArenas: Int32 = 4

/// Bounds the address space that memory takes beside what is in use; to be called before the first thread. Wraps
/// `mallopt(3)`.
///
/// Under a limit on address space there is one arena, which reserves nothing: threads that allocate at the same moment
/// wait for one another, and what the limit allows is there to be used.
package func boundArenas() {
  // Refused, it goes on as before.
  _ = mallopt(M_ARENA_MAX, addressSpaceLimit() == nil ? mostArenas : 1)
}

/// Has freed memory kept for what is allocated next, until `releaseUnusedMemory`.
///
/// While a big file is read, arrays of megabytes grow step by step. Each step in fresh pages, as the allocator would have
/// it by itself, costs a page fault for every four kilobytes.
package func keepFreedMemory() {
  // Refused, it goes on as before.
  _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
  _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
}

/// Gives back freed memory, has it no longer kept, and gives back the pages of code and constants that were read on the
/// way here.
///
/// The latter are the kernel's own copies of files, shared and clean: those that are needed after all come back by
/// themselves at the next touch, without a read from the disk.
package func releaseUnusedMemory() {
  _ = mallopt(M_MMAP_THRESHOLD, ordinaryThreshold)
  _ = mallopt(M_TRIM_THRESHOLD, ordinaryThreshold)
  _ = malloc_trim(0)
  // Called for the program and each of its libraries.
  _ = unsafe dl_iterate_phdr(
    { object, _, _ in
      guard let object = unsafe object?.pointee, let headers = unsafe object.dlpi_phdr else { return 0 }
      for index in 0..<Int(unsafe object.dlpi_phnum) {
        let segment = unsafe headers[index]
        // What can be written to holds our own values, and what the loader put into it; it would be lost.
        guard segment.p_type == PT_LOAD, segment.p_flags & UInt32(PF_W) == 0 else { continue }
        let pageMask = UInt(getpagesize()) - 1
        let start = unsafe UInt(object.dlpi_addr) + UInt(segment.p_vaddr)
        let firstPage = start & ~pageMask
        // Advice may be refused, for one to locked memory; then the pages stay.
        _ = unsafe madvise(
          UnsafeMutableRawPointer(bitPattern: firstPage), Int(start + UInt(segment.p_memsz) - firstPage), MADV_DONTNEED)
      }
      return 0
    }, nil)
}
