// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Strategies for making the source of a buffered write, or the destination of
 * a read, resident.
 *
 * A write loop copies from user memory while it holds a folio lock, so the
 * copy itself must not fault. The source has to be faulted in before the copy,
 * or after a copy that copied nothing. Each row of strategies[] is one way to
 * do so; the loops call the selected row through two hooks. How a loop handles
 * the result (when it returns -EFAULT, what it has written so far, whether it
 * checks for fatal signals) is not changed.
 *
 * Some readers copy with page faults disabled, too, and fault the destination
 * in after a copy that ended early. They call the selected row through a hook in
 * the place of that fault-in.
 *
 * This file does not change the fault-in of the source that gfs2 and f2fs do
 * themselves, above the loops.
 */
#define pr_fmt(fmt) "faultbench: " fmt

#include <linux/debugfs.h>
#include <linux/faultbench.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>
#ifdef CONFIG_X86
#include <asm/trap_pf.h>
#else
#include <asm/esr.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define iter_iov(i)	((i)->iov)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 19, 0)
#define fault_in_subpage_writeable	fault_in_writeable
#endif

/* Like fault_in_iov_iter_readable(): the number of bytes not faulted in. */
typedef size_t (*fault_in_fn)(const struct iov_iter *i, size_t bytes);
typedef size_t (*segment_fn)(const char __user *uaddr, size_t size);

struct strategy {
	const char *name;
	/* Per enum faultbench_site, so that "native" costs no extra test. */
	fault_in_fn before[FAULTBENCH_SITES];
	fault_in_fn after[FAULTBENCH_SITES];
	/* For a destination, per user segment. NULL: what the tree does. */
	segment_fn into;
	bool takes_step;	/* selected as "name:N" */
	bool own_rules;		/* after-copy: the tree's fault-in, unguarded */
	/* Whether they access the memory, rather than look up its pages. */
	bool after_accesses, into_accesses;
};

enum counter {
	BEFORE_COPY,	/* fault-ins before the copy */
	SHORT_COPIES,	/* copies that copied nothing; into memory: not all */
	FAULT_INS,	/* short copies after which a fault-in got some bytes */
	ACCESS_FAULT_INS, /* fault-ins after a short copy that access the memory */
	RETRIES,	/* short copies after which the loop retries */
	COPY_EXCEPTIONS, /* fixed up with page faults disabled */
	FOREIGN_EXCEPTIONS, /* of these, taken by an interrupt or NMI */
	NR_COUNTERS,
};

static const char * const counter_names[NR_COUNTERS] = {
	[BEFORE_COPY]		= "before_copy",
	[SHORT_COPIES]		= "short_copies",
	[FAULT_INS]		= "fault_ins",
	[ACCESS_FAULT_INS]	= "access_fault_ins",
	[RETRIES]		= "retries",
	[COPY_EXCEPTIONS]	= "copy_exceptions",
	[FOREIGN_EXCEPTIONS]	= "foreign_exceptions",
};

static DEFINE_PER_CPU(unsigned long, counters[NR_COUNTERS]);

/* Distance between two probes in bytes: a power of two, at most a page. */
static unsigned long probe_step = PAGE_SIZE;

/*
 * Applies @fn to the user segments of the next @bytes of @i, up to the first
 * segment that @fn does not complete. Returns the number of bytes that are not
 * done. Kernel memory is always resident.
 */
static __always_inline size_t
each_segment(const struct iov_iter *i, size_t bytes, segment_fn fn)
{
	size_t todo = min(bytes, iov_iter_count(i));
	size_t beyond = bytes - todo;
	size_t skip = i->iov_offset;
	const struct iovec *iov;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	if (iter_is_ubuf(i))
		return beyond + fn(i->ubuf + skip, todo);
#endif
	if (!iter_is_iovec(i))
		return 0;

	for (iov = iter_iov(i); todo; iov++, skip = 0) {
		size_t size = min(todo, iov->iov_len - skip);
		size_t left = size ? fn(iov->iov_base + skip, size) : 0;

		todo -= size - left;
		if (left)
			break;
	}
	return beyond + todo;
}

static size_t nothing(const struct iov_iter *i, size_t bytes)
{
	return 0;
}

/*
 * One user-access section around all reads, like fault_in_readable() since
 * 5.18. The destination is volatile because only the access matters.
 */
static size_t probe_segment(const char __user *uaddr, size_t size)
{
	const unsigned long step = READ_ONCE(probe_step);
	const char __user *end = uaddr + size;
	const char __user *p = uaddr;
	volatile char c;

	if (!user_read_access_begin(uaddr, size))
		return size;
	unsafe_get_user(c, p, out);
	for (p = PTR_ALIGN(p + 1, step); p < end; p += step)
		unsafe_get_user(c, p, out);
	p = end;
out:
	user_read_access_end();
	(void)c;
	return end - p;
}

static size_t probe(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, probe_segment);
}

/* One section per read, as before 5.18 and in the probing patches of 2021. */
static size_t probe_each_segment(const char __user *uaddr, size_t size)
{
	const unsigned long step = READ_ONCE(probe_step);
	const char __user *end = uaddr + size;
	const char __user *p = uaddr;
	volatile char c;

	if (__get_user(c, p))
		return size;
	for (p = PTR_ALIGN(p + 1, step); p < end; p += step)
		if (__get_user(c, p))
			return end - p;
	(void)c;
	return 0;
}

static size_t probe_each(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, probe_each_segment);
}

/* The next byte alone: a loop makes progress when that byte is resident. */
static size_t first(const struct iov_iter *i, size_t bytes)
{
	return fault_in_iov_iter_readable(i, 1) ? bytes : 0;
}

/*
 * One batched GUP per segment, like fault_in_iov_iter_slow_readable() of
 * October 2021. It takes no hardware fault, and it does not detect sub-page
 * faults: where the copy fails on an MTE tag, GUP succeeds and the loop retries
 * until a fatal signal ends it.
 */
static size_t gup_flags(const char __user *uaddr, size_t size, unsigned int flags)
{
	size_t offset = offset_in_page(uaddr);
	long pages;

	pages = get_user_pages_unlocked((unsigned long)uaddr - offset,
					DIV_ROUND_UP(offset + size, PAGE_SIZE),
					NULL, flags);
	if (pages <= 0)
		return size;
	return size - min(size, pages * PAGE_SIZE - offset);
}

static size_t gup_segment(const char __user *uaddr, size_t size)
{
	return gup_flags(uaddr, size, 0);
}

static size_t gup(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, gup_segment);
}

/* Reading the byte at which the copy stopped ends the endless loop of gup. */
static size_t gup_probe(const struct iov_iter *i, size_t bytes)
{
	size_t left = gup(i, bytes);

	return left < bytes && first(i, bytes) ? bytes : left;
}

/* Page by page: what fault_in_safe_writeable() does, @flags 0 for reading. */
static size_t gup_page_flags(const char __user *uaddr, size_t size, unsigned int flags)
{
	unsigned long start = (unsigned long)uaddr, end = start + size;
	unsigned long addr = start;
	bool unlocked = false;

	mmap_read_lock(current->mm);
	while (addr < end &&
	       !fixup_user_fault(current->mm, addr, flags, &unlocked))
		addr = PAGE_ALIGN(addr + 1);
	mmap_read_unlock(current->mm);

	return end - min(addr, end);
}

static size_t gup_page_segment(const char __user *uaddr, size_t size)
{
	return gup_page_flags(uaddr, size, 0);
}

static size_t gup_page(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, gup_page_segment);
}

/*
 * The last fault of a copy, in the task: the copy can be preempted, and another
 * task can fault meanwhile. The architecture has a place for the address and
 * the code of a fault there, which it uses for faults in user mode.
 */
#ifdef CONFIG_X86
#define FAULT_ADDRESS	(current->thread.cr2)
#define FAULT_CODE	(current->thread.error_code)

/* A reserved bit, a protection key, an enclave: no page table entry helps. */
static bool mm_may_fix(unsigned long code)
{
	return !(code & (X86_PF_RSVD | X86_PF_PK | X86_PF_SGX));
}

/* A page that is present, to GUP: one that is kept for NUMA hinting is so from 6.6 on. */
static bool gup_may_not_fix(unsigned long code)
{
	return code & X86_PF_PROT || IS_ENABLED(CONFIG_NUMA_BALANCING);
}
#else
#define FAULT_ADDRESS	(current->thread.fault_address)
#define FAULT_CODE	(current->thread.fault_code)
#define FSC_ALIGNMENT	0x21

static bool mm_may_fix(unsigned long code)
{
	unsigned long fsc = code & ESR_ELx_FSC;

	return fsc != ESR_ELx_FSC_MTE && fsc != FSC_ALIGNMENT;
}

static bool gup_may_not_fix(unsigned long code)
{
	return (code & ESR_ELx_FSC_TYPE) != ESR_ELx_FSC_FAULT || IS_ENABLED(CONFIG_NUMA_BALANCING);
}
#endif

/*
 * No probe: the copy itself has reported its fault. One that the mm cannot fix
 * ends the fault-in in front of it. Otherwise GUP makes all pages resident. A page
 * that was present may still fault (an access flag that the CPU does not set):
 * that the fault handler fixes.
 */
static size_t errcode_flags(const char __user *uaddr, size_t size,
			    unsigned int gup, unsigned int fault)
{
	unsigned long address = FAULT_ADDRESS, code = FAULT_CODE;
	size_t at = address - untagged_addr((unsigned long)uaddr), beyond = 0;
	size_t left;

	if (at >= size)
		return gup_flags(uaddr, size, gup);

	FAULT_ADDRESS = 0;
	FAULT_CODE = 0;
	if (!mm_may_fix(code)) {
		if (!at)
			return size;
		beyond = size - at;
		size = at;
	}
	left = gup_flags(uaddr, size, gup);
	if (!beyond && left < size && gup_may_not_fix(code) &&
	    gup_page_flags(uaddr + at, 1, fault))
		left = max(left, size - at);
	return left + beyond;
}

static size_t errcode_segment(const char __user *uaddr, size_t size)
{
	return errcode_flags(uaddr, size, 0, 0);
}

static size_t errcode(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, errcode_segment);
}

/* ---- destinations of reads --------------------------------------------------- */

static size_t gup_into(const char __user *uaddr, size_t size)
{
	return gup_flags(uaddr, size, FOLL_WRITE);
}

static size_t gup_page_into(const char __user *uaddr, size_t size)
{
	return gup_page_flags(uaddr, size, FAULT_FLAG_WRITE);
}

static size_t errcode_into(const char __user *uaddr, size_t size)
{
	return errcode_flags(uaddr, size, FOLL_WRITE, FAULT_FLAG_WRITE);
}

/*
 * Write accesses that leave the memory as it is, unless another thread writes
 * to the same byte between the two halves of one.
 */
static size_t write_each(const char __user *uaddr, size_t size, unsigned long step)
{
	const char __user *end = uaddr + size;
	const char __user *p = uaddr;
	char c;

	do {
		if (__get_user(c, p) || __put_user(c, (char __user *)p))
			return end - p;
		p = PTR_ALIGN(p + 1, step);
	} while (p < end);
	return 0;
}

static size_t write_all(const char __user *uaddr, size_t size, unsigned long step)
{
	const char __user *end = uaddr + size;
	const char __user *p = uaddr;
	char c;

	if (!user_access_begin(uaddr, size))
		return size;
	do {
		unsafe_get_user(c, p, out);
		unsafe_put_user(c, (char __user *)p, out);
		p = PTR_ALIGN(p + 1, step);
	} while (p < end);
	p = end;
out:
	user_access_end();
	return end - p;
}

static size_t write_pages_into(const char __user *uaddr, size_t size)
{
	return write_all(uaddr, size, PAGE_SIZE);
}

static size_t gup_probe_into(const char __user *uaddr, size_t size)
{
	size_t left = gup_into(uaddr, size);

	return left < size && write_all(uaddr, 1, PAGE_SIZE) ? size : left;
}

/* As the probing of October 2021: GUP page by page, then what it has got. */
static size_t probe_into(const char __user *uaddr, size_t size)
{
	size_t left = gup_page_into(uaddr, size), got = size - left;

	return got ? left + write_all(uaddr, got, READ_ONCE(probe_step)) : size;
}

static size_t probe_each_into(const char __user *uaddr, size_t size)
{
	size_t left = gup_page_into(uaddr, size), got = size - left;

	return got ? left + write_each(uaddr, got, READ_ONCE(probe_step)) : size;
}

/* All or nothing: pages in front of a hole are counted by another way. */
static size_t populate_into(const char __user *uaddr, size_t size)
{
	unsigned long start = untagged_addr((unsigned long)uaddr) & PAGE_MASK;

	if (!do_madvise(current->mm, start, offset_in_page(uaddr) + size,
			MADV_POPULATE_WRITE))
		return 0;
	return gup_page_into(uaddr, size);
}

#define EVERYWHERE(fn)	{ fn, fn, fn, fn }
#define AS_THE_TREE	{						\
	[FAULTBENCH_REPLACES]	= fault_in_iov_iter_readable,		\
	[FAULTBENCH_ADDED]	= nothing,				\
	[FAULTBENCH_REPLACES_WHOLE] = fault_in_iov_iter_readable,	\
	[FAULTBENCH_ADDED_WHOLE] = nothing,				\
}
/* One byte makes no progress where a loop drops a short copy: all of it there. */
#define NEXT_BYTE	{						\
	[FAULTBENCH_REPLACES]	= first,				\
	[FAULTBENCH_ADDED]	= first,				\
	[FAULTBENCH_REPLACES_WHOLE] = fault_in_iov_iter_readable,	\
	[FAULTBENCH_ADDED_WHOLE] = fault_in_iov_iter_readable,		\
}
#define NOTHING		EVERYWHERE(nothing)

/*
 * A row per strategy; the kernel boots with the first one. What a row does not
 * give, for writes or for reads, is as the tree has it.
 */
static const struct strategy strategies[] = {
	{ "native",	AS_THE_TREE,		AS_THE_TREE,
	  .own_rules = true, .after_accesses = true },
	{ "pre",	EVERYWHERE(fault_in_iov_iter_readable), NOTHING },
	{ "post",	NOTHING, EVERYWHERE(fault_in_iov_iter_readable),
	  .after_accesses = true,
	  .into = write_pages_into, .into_accesses = true },
	{ "gup",	NOTHING,		EVERYWHERE(gup),
	  .into = gup_into },
	{ "gup-probe",	NOTHING,		EVERYWHERE(gup_probe),
	  .after_accesses = true,
	  .into = gup_probe_into, .into_accesses = true },
	{ "gup-page",	NOTHING,		EVERYWHERE(gup_page),
	  .into = gup_page_into },
	{ "errcode",	NOTHING,		EVERYWHERE(errcode),
	  .into = errcode_into },
	{ "probe",	EVERYWHERE(probe),	NOTHING,
	  .into = probe_into, .into_accesses = true, .takes_step = true },
	{ "probe-each",	EVERYWHERE(probe_each),	NOTHING,
	  .into = probe_each_into, .into_accesses = true, .takes_step = true },
	{ "first",	NEXT_BYTE,		NOTHING },
	{ "post-first",	NOTHING,		NEXT_BYTE,
	  .after_accesses = true },
	{ "populate",	AS_THE_TREE,		AS_THE_TREE,
	  .own_rules = true, .after_accesses = true,
	  .into = populate_into },
};

#define NATIVE	(&strategies[0])

/*
 * A plain variable and an indirect call: a switch is one store, and every
 * strategy has the same overhead. A static call is cheaper to run, but its
 * text patching at each switch would disturb what is timed.
 */
static const struct strategy *selected = NATIVE;

size_t faultbench_before_copy(const struct iov_iter *i, size_t bytes,
			      enum faultbench_site site)
{
	fault_in_fn fault_in = READ_ONCE(selected)->before[site];
	unsigned long works = fault_in != nothing;

	/* Without a branch, so that every strategy pays the same. */
	this_cpu_add(counters[BEFORE_COPY], works);
	return fault_in(i, bytes);
}
EXPORT_SYMBOL_GPL(faultbench_before_copy);

/* After a fault-in that left @left of @bytes out. */
static size_t count_fault_in(size_t left, size_t bytes, unsigned long accesses)
{
	if (left < bytes) {
		this_cpu_inc(counters[FAULT_INS]);
		this_cpu_add(counters[ACCESS_FAULT_INS], accesses);
		this_cpu_inc(counters[RETRIES]);
	}
	return left;
}

size_t faultbench_after_copy(const struct iov_iter *i, size_t bytes,
			     enum faultbench_site site)
{
	const struct strategy *s = READ_ONCE(selected);
	fault_in_fn fault_in = s->after[site];

	this_cpu_inc(counters[SHORT_COPIES]);

	/*
	 * The loops of iomap and btrfs do not check for fatal signals, so one
	 * that retries without progress could not be killed.
	 */
	if (!s->own_rules && fatal_signal_pending(current))
		return bytes;
	if (fault_in == nothing) {
		this_cpu_inc(counters[RETRIES]);
		return 0;
	}

	/*
	 * gfs2 calls this with its glock held and page faults disabled, and
	 * faults in itself after it has dropped the glock. GUP would ignore
	 * that page faults are disabled.
	 */
	if (!s->own_rules && pagefault_disabled())
		return bytes;
	return count_fault_in(fault_in(i, bytes), bytes, s->after_accesses);
}
EXPORT_SYMBOL_GPL(faultbench_after_copy);

size_t faultbench_after_read(const struct iov_iter *i, size_t bytes)
{
	const struct strategy *s = READ_ONCE(selected);
	size_t left;

	this_cpu_inc(counters[SHORT_COPIES]);
	if (!s->into)
		left = fault_in_iov_iter_writeable(i, bytes);
	else if (fatal_signal_pending(current))
		return bytes;
	else
		left = each_segment(i, bytes, s->into);
	return count_fault_in(left, bytes, s->into_accesses);
}
EXPORT_SYMBOL_GPL(faultbench_after_read);

size_t faultbench_before_search(char __user *uaddr, size_t size)
{
	const struct strategy *s = READ_ONCE(selected);

	this_cpu_inc(counters[BEFORE_COPY]);
	if (!s->into)
		return fault_in_subpage_writeable(uaddr, size);
	return fatal_signal_pending(current) || !size ? size : s->into(uaddr, size);
}
EXPORT_SYMBOL_GPL(faultbench_before_search);

/*
 * Called after an architecture has searched its exception tables. With page
 * faults disabled, the exception came from a copy that must not fault. Futexes
 * and the _nofault() accessors also run with page faults disabled, but they do
 * not fault during a write(). An interrupt may run any of them, in the middle of
 * a copy of the task that it interrupts: its fault is not the copy's.
 */
bool faultbench_fixup(bool fixed, unsigned long address, unsigned long code)
{
	if (!fixed || !pagefault_disabled())
		return fixed;

	this_cpu_inc(counters[COPY_EXCEPTIONS]);
	if (in_task()) {
		FAULT_ADDRESS = address;
		FAULT_CODE = code;
	} else {
		this_cpu_inc(counters[FOREIGN_EXCEPTIONS]);
	}
	return fixed;
}

/* The switch in debugfs: one process at a time has it open for writing. */

static unsigned long held;

static int strategy_show(struct seq_file *m, void *unused)
{
	const struct strategy *now = READ_ONCE(selected), *s;

	for (s = strategies; s < strategies + ARRAY_SIZE(strategies); s++) {
		if (s != strategies)
			seq_putc(m, ' ');
		if (s == now)
			seq_putc(m, '[');
		seq_puts(m, s->name);
		if (s->takes_step && s == now)
			seq_printf(m, ":%lu", READ_ONCE(probe_step));
		else if (s->takes_step)
			seq_puts(m, ":N");
		if (s == now)
			seq_putc(m, ']');
	}
	seq_putc(m, '\n');
	return 0;
}

static int strategy_open(struct inode *inode, struct file *file)
{
	int err;

	if (!(file->f_mode & FMODE_WRITE))
		return single_open(file, strategy_show, NULL);

	if (test_and_set_bit_lock(0, &held))
		return -EBUSY;
	err = single_open(file, strategy_show, NULL);
	if (err)
		clear_bit_unlock(0, &held);
	return err;
}

static int strategy_release(struct inode *inode, struct file *file)
{
	if (file->f_mode & FMODE_WRITE) {
		WRITE_ONCE(selected, NATIVE);
		clear_bit_unlock(0, &held);
	}
	return single_release(inode, file);
}

static int select_strategy(char *name)
{
	const struct strategy *s;
	unsigned long step = 0;
	char *arg = strchr(name, ':');

	if (arg) {
		*arg++ = '\0';
		if (kstrtoul(arg, 10, &step) || !is_power_of_2(step) ||
		    step > PAGE_SIZE)
			return -EINVAL;
	}
	for (s = strategies; s < strategies + ARRAY_SIZE(strategies); s++) {
		if (strcmp(name, s->name))
			continue;
		if (s->takes_step != !!arg)
			return -EINVAL;
		if (arg)
			WRITE_ONCE(probe_step, step);
		WRITE_ONCE(selected, s);
		return 0;
	}
	return -EINVAL;
}

static ssize_t strategy_write(struct file *file, const char __user *buf,
			      size_t count, loff_t *ppos)
{
	char name[32];
	int err;

	if (count >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, count))
		return -EFAULT;
	name[count] = '\0';

	err = select_strategy(strim(name));
	return err ? err : count;
}

static const struct file_operations strategy_fops = {
	.owner		= THIS_MODULE,
	.open		= strategy_open,
	.release	= strategy_release,
	.read		= seq_read,
	.write		= strategy_write,
	.llseek		= seq_lseek,
};

static int counters_show(struct seq_file *m, void *unused)
{
	int c, cpu;

	for (c = 0; c < NR_COUNTERS; c++) {
		unsigned long sum = 0;

		for_each_possible_cpu(cpu)
			sum += per_cpu(counters[c], cpu);
		seq_printf(m, "%s %lu\n", counter_names[c], sum);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

/* The write loops that got their hooks; apply-hooks has the list. */
static int loops_show(struct seq_file *m, void *unused)
{
	seq_puts(m, FAULTBENCH_LOOPS "\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(loops);

static int __init faultbench_init(void)
{
	struct dentry *dir = debugfs_create_dir("faultbench", NULL);

	debugfs_create_file("strategy", 0600, dir, NULL, &strategy_fops);
	debugfs_create_file("counters", 0400, dir, NULL, &counters_fops);
	debugfs_create_file("loops", 0400, dir, NULL, &loops_fops);
	return 0;
}
late_initcall(faultbench_init);
