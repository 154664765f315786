// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Strategies for making the source of a buffered write resident.
 *
 * A write loop copies from user memory while it holds a folio lock, so the
 * copy itself must not fault. The source has to be faulted in before the copy,
 * or after a copy that copied nothing. Each row of strategies[] is one way to
 * do so; the loops call the selected row through two hooks. How a loop handles
 * the result (when it returns -EFAULT, what it has written so far, whether it
 * checks for fatal signals) is not changed.
 *
 * This file changes neither the read path nor the fault-in that gfs2 and f2fs
 * do themselves, above these loops.
 */
#define pr_fmt(fmt) "faultbench: " fmt

#include <linux/debugfs.h>
#include <linux/faultbench.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define iter_iov(i)	((i)->iov)
#endif

/* Like fault_in_iov_iter_readable(): the number of bytes not faulted in. */
typedef size_t (*fault_in_fn)(const struct iov_iter *i, size_t bytes);

struct strategy {
	const char *name;
	/* Per enum faultbench_site, so that "native" costs no extra test. */
	fault_in_fn before[FAULTBENCH_SITES];
	fault_in_fn after[FAULTBENCH_SITES];
	bool takes_step;	/* selected as "name:N" */
	bool own_rules;		/* after-copy: the tree's fault-in, unguarded */
};

enum counter {
	BEFORE_COPY,	/* calls of the hook before the copy */
	SHORT_COPIES,	/* copies that copied nothing */
	FAULT_INS,	/* short copies after which a fault-in got some bytes */
	RETRIES,	/* short copies after which the loop retries */
	COPY_EXCEPTIONS, /* fixed up with page faults disabled */
	NR_COUNTERS,
};

static const char * const counter_names[NR_COUNTERS] = {
	[BEFORE_COPY]		= "before_copy",
	[SHORT_COPIES]		= "short_copies",
	[FAULT_INS]		= "fault_ins",
	[RETRIES]		= "retries",
	[COPY_EXCEPTIONS]	= "copy_exceptions",
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
each_segment(const struct iov_iter *i, size_t bytes,
	     size_t (*fn)(const char __user *uaddr, size_t size))
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
static size_t gup_segment(const char __user *uaddr, size_t size)
{
	size_t offset = offset_in_page(uaddr);
	long pages;

	pages = get_user_pages_unlocked((unsigned long)uaddr - offset,
					DIV_ROUND_UP(offset + size, PAGE_SIZE),
					NULL, 0);
	if (pages <= 0)
		return size;
	return size - min(size, pages * PAGE_SIZE - offset);
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

/* Page by page: what fault_in_safe_writeable() does, but for reading. */
static size_t gup_page_segment(const char __user *uaddr, size_t size)
{
	unsigned long start = (unsigned long)uaddr, end = start + size;
	unsigned long addr = start;
	bool unlocked = false;

	mmap_read_lock(current->mm);
	while (addr < end &&
	       !fixup_user_fault(current->mm, addr, 0, &unlocked))
		addr = PAGE_ALIGN(addr + 1);
	mmap_read_unlock(current->mm);

	return end - min(addr, end);
}

static size_t gup_page(const struct iov_iter *i, size_t bytes)
{
	return each_segment(i, bytes, gup_page_segment);
}

#define EVERYWHERE(fn)	{ fn, fn }
#define AS_THE_TREE	{						\
	[FAULTBENCH_REPLACES]	= fault_in_iov_iter_readable,		\
	[FAULTBENCH_ADDED]	= nothing,				\
}

/*
 * A row per strategy; the kernel boots with the first one.
 *
 * There is no "errcode", which is post-faulting without a probe because the
 * copy reports whether its fault can be repaired. That report has to come from
 * the exception tables of every copy routine of every architecture: a change
 * of the copy, not of the loops around it.
 */
static const struct strategy strategies[] = {
	{ "native",	AS_THE_TREE,		AS_THE_TREE,
	  .own_rules = true },
	{ "pre",	EVERYWHERE(fault_in_iov_iter_readable),
						EVERYWHERE(nothing) },
	{ "post",	EVERYWHERE(nothing),
				EVERYWHERE(fault_in_iov_iter_readable) },
	{ "gup",	EVERYWHERE(nothing),	EVERYWHERE(gup) },
	{ "gup-probe",	EVERYWHERE(nothing),	EVERYWHERE(gup_probe) },
	{ "gup-page",	EVERYWHERE(nothing),	EVERYWHERE(gup_page) },
	{ "probe",	EVERYWHERE(probe),	EVERYWHERE(nothing),
	  .takes_step = true },
	{ "probe-each",	EVERYWHERE(probe_each),	EVERYWHERE(nothing),
	  .takes_step = true },
	{ "first",	EVERYWHERE(first),	EVERYWHERE(nothing) },
	{ "post-first",	EVERYWHERE(nothing),	EVERYWHERE(first) },
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
	this_cpu_inc(counters[BEFORE_COPY]);
	return READ_ONCE(selected)->before[site](i, bytes);
}
EXPORT_SYMBOL_GPL(faultbench_before_copy);

size_t faultbench_after_copy(const struct iov_iter *i, size_t bytes,
			     enum faultbench_site site)
{
	const struct strategy *s = READ_ONCE(selected);
	fault_in_fn fault_in = s->after[site];
	size_t left;

	this_cpu_inc(counters[SHORT_COPIES]);
	if (fault_in == nothing) {
		this_cpu_inc(counters[RETRIES]);
		return 0;
	}

	/*
	 * gfs2 calls this with its glock held and page faults disabled, and
	 * faults in itself after it has dropped the glock. GUP would ignore
	 * that page faults are disabled. The loop of iomap does not check for
	 * fatal signals, so a fault-in that succeeds without effect would make
	 * it unkillable.
	 */
	if (!s->own_rules &&
	    (pagefault_disabled() || fatal_signal_pending(current)))
		return bytes;

	left = fault_in(i, bytes);
	if (left < bytes) {
		this_cpu_inc(counters[FAULT_INS]);
		this_cpu_inc(counters[RETRIES]);
	}
	return left;
}
EXPORT_SYMBOL_GPL(faultbench_after_copy);

/*
 * Called after an architecture has searched its exception tables. With page
 * faults disabled, the exception came from a copy that must not fault. Futexes
 * and the _nofault() accessors also run with page faults disabled, but they do
 * not fault during a write().
 */
bool faultbench_fixup(bool fixed)
{
	if (fixed && pagefault_disabled())
		this_cpu_inc(counters[COPY_EXCEPTIONS]);
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
