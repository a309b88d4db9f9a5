// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The machine of seize_fixture.h: its functions, its driver, its sysfs. */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "device/pci_hw.h"
#include "record/record.h"
#include "stub/hotplug.h"
#include "stub/pci_driver.h"
#include "stub/slots.h"
#include "sysfs/device.h"
#include "sysfs/driver.h"
#include "trace/stats.h"
#include "seize_fixture.h"

#define DRIVER_DIR	"/sys/bus/pci/drivers/pciback/"
#define DEVICE_DIR	"/sys/bus/pci/devices/"

static const u8 vpd_image[] = { 0x82, 1, 0, 'x', 0x78 };

static void describe_pcie(struct fake_pci_fn *fn, int type)
{
	fake_pci_bar_mem(fn, 0, 0x1000);
	fake_pci_bar_io(fn, 1, 0x20);
	fake_pci_bar_mem64(fn, 2, 0x4000);
	fake_pci_rom(fn, 0x800);
	fake_pci_cap_pm(fn, 0x40, PCI_PM_CAP_PME_D0 | PCI_PM_CAP_PME_D3hot | 3, false);
	fake_pci_cap_msi(fn, 0x50, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT | 2 << 1);
	fake_pci_cap_exp(fn, 0x70, type, true);
	fake_pci_cap_msix(fn, 0xb0, 4, 2, 0x802);
	fake_pci_cap_vpd(fn, 0xc0, vpd_image, sizeof(vpd_image));
	fake_pci_cap_vendor(fn, 0xd0, 12);
	fake_pci_ext_aer(fn, 0x100);
	fake_pci_ext_dsn(fn, 0x150, 0x0123456789abcdefULL);
}

static void describe(struct seize_fixture *b)
{
	describe_pcie(b->fn[CARD], PCI_EXP_TYPE_RC_END);
	describe_pcie(b->fn[CARD_1], PCI_EXP_TYPE_RC_END);
	describe_pcie(b->fn[BELOW], PCI_EXP_TYPE_ENDPOINT);
	describe_pcie(b->fn[BELOW_1], PCI_EXP_TYPE_ENDPOINT);
	fake_pci_cap_exp(b->fn[PORT], 0x40, PCI_EXP_TYPE_ROOT_PORT, false);

	fake_pci_bar_mem(b->fn[OLD], 0, 0x100);
	fake_pci_cap_msi(b->fn[OLD], 0x50, 0);
	fake_pci_cap_af(b->fn[OLD], 0x60, true);

	fake_pci_bar_mem(b->fn[PLAIN], 0, 0x100);

	fake_pci_bar_mem(b->fn[SOFT], 0, 0x100);
	fake_pci_cap_pm(b->fn[SOFT], 0x40, 3, true);

	fake_pci_cap_pm(b->fn[DULL], 0x40, 3, false);
}

static const struct {
	u8 devfn;
	u16 device;
} fixture_fns[NR_FIXTURE_FNS] = {
	[CARD] = { PCI_DEVFN(3, 0), 0x10f0 },
	[CARD_1] = { PCI_DEVFN(3, 1), 0x10f1 },
	[PORT] = { PCI_DEVFN(4, 0), 0x0001 },
	[OLD] = { PCI_DEVFN(5, 0), 0x10f2 },
	[PLAIN] = { PCI_DEVFN(6, 0), 0x10f3 },
	[SOFT] = { PCI_DEVFN(7, 0), 0x10f4 },
	[DULL] = { PCI_DEVFN(8, 0), 0x10f7 },
	[BELOW] = { PCI_DEVFN(0, 0), 0x10f5 },
	[BELOW_1] = { PCI_DEVFN(0, 1), 0x10f6 },
};

static void guest_release(struct kref *ref)
{
	struct fixture_guest *guest = container_of(ref, struct fixture_guest, owner.ref);

	guest->released = true;
}

static void guest_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	container_of(owner, struct fixture_guest, owner)->revoked++;
}

static void guest_expect_detach(struct pciback_owner *owner)
{
	container_of(owner, struct fixture_guest, owner)->ahead++;
}

/**
 * fixture_guest_init() - somebody to give functions to
 * @guest: memory for him, of the test's
 * @domid: his domain
 */
void fixture_guest_init(struct fixture_guest *guest, domid_t domid)
{
	*guest = (struct fixture_guest){ };
	kref_init(&guest->owner.ref);
	guest->owner.domid = domid;
	guest->owner.ops = &guest->ops;
	guest->ops.release = guest_release;
	guest->ops.revoke = guest_revoke;
	guest->ops.expect_detach = guest_expect_detach;
}

/**
 * fixture_driver_start() - what the module's init does, but for guests
 * @b: the fixture
 *
 * Returns when everything that was listed has been seized.
 */
int fixture_driver_start(struct seize_fixture *b)
{
	int err;

	pciback_stat_init();
	err = pciback_hotplug_init();
	if (err)
		return err;
	err = pciback_stub_register(pciback_device_groups);
	if (err) {
		pciback_hotplug_exit();
		return err;
	}
	b->driver = true;
	err = pciback_sysfs_init(&pciback_pci_driver.driver);
	if (err)
		return err;
	b->sysfs = true;
	async_synchronize_full();
	return 0;
}

/**
 * fixture_driver_stop() - what the module's exit does, but for guests
 * @b: the fixture
 */
void fixture_driver_stop(struct seize_fixture *b)
{
	if (b->sysfs)
		pciback_sysfs_exit(&pciback_pci_driver.driver);
	b->sysfs = false;
	if (b->driver) {
		pciback_hotplug_exit();
		pciback_stub_unregister();
	}
	b->driver = false;
	pciback_slots_clear();
	pciback_stat_exit();
}

int seize_fixture_init(struct kunit *test)
{
	struct seize_fixture *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	fake_pci_host_init(&b->host);
	fixture_guest_init(&b->guest, 7);
	test->priv = b;
	for (i = 0; i < NR_FIXTURE_FNS; i++) {
		struct fake_pci_fn *parent = i == BELOW || i == BELOW_1 ? b->fn[PORT] : NULL;

		if (i == PORT)
			b->fn[i] = fake_pci_add_bridge(&b->host, parent, fixture_fns[i].devfn,
						       fixture_fns[i].device);
		else
			b->fn[i] = fake_pci_add_endpoint(&b->host, parent, fixture_fns[i].devfn,
							 fixture_fns[i].device);
		KUNIT_ASSERT_NOT_NULL(test, b->fn[i]);
	}
	describe(b);
	KUNIT_ASSERT_EQ(test, fake_pci_host_probe(&b->host), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(b), 0);
	return 0;
}

void seize_fixture_exit(struct kunit *test)
{
	struct seize_fixture *b = test->priv;

	if (!b)
		return;
	fixture_driver_stop(b);
	fake_pci_host_remove(&b->host);
	/* Whoever still holds the pretend guest would hold freed memory. */
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
	KUNIT_EXPECT_FALSE(test, b->guest.released);
}

/**
 * fixture_set_up() - put a function into the state some host left it in
 * @fn: the function
 * @host: that state; what the function does not have is left out
 */
void fixture_set_up(struct fake_pci_fn *fn, const struct fixture_host *host)
{
	fake_pci_poke(fn, PCI_COMMAND, 2, host->command);
	fake_pci_poke(fn, PCI_CACHE_LINE_SIZE, 1, host->cache_line);
	fake_pci_poke(fn, PCI_LATENCY_TIMER, 1, host->latency);
	fake_pci_poke(fn, PCI_INTERRUPT_LINE, 1, host->line);
	if (fn->pm && host->pm_ctrl)
		fake_pci_poke(fn, fn->pm + PCI_PM_CTRL, 2, host->pm_ctrl);
	if (fn->exp && host->devctl)
		fake_pci_poke(fn, fn->exp + PCI_EXP_DEVCTL, 2, host->devctl);
	if (fn->msi && host->msi) {
		fake_pci_poke(fn, fn->msi + PCI_MSI_ADDRESS_LO, 4, 0xfee01000);
		fake_pci_poke(fn, fn->msi + PCI_MSI_ADDRESS_HI, 4, 0x00000001);
		fake_pci_poke(fn, fn->msi + PCI_MSI_DATA_64, 2, 0x4021);
		fake_pci_poke(fn, fn->msi + PCI_MSI_MASK_64, 4, 0x0000000e);
	}
}

static ssize_t file_write(const char *path, const char *text)
{
	struct file *file = filp_open(path, O_WRONLY, 0);
	loff_t pos = 0;
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return ret;
}

static ssize_t in_dir(const char *dir, const char *fn, const char *file, const char *text)
{
	char *path = kasprintf(GFP_KERNEL, "%s%s%s", dir, fn, file);
	ssize_t ret;

	if (!path)
		return -ENOMEM;
	ret = file_write(path, text);
	kfree(path);
	return ret;
}

/**
 * fixture_driver_write() - echo -n TEXT > .../drivers/pciback/FILE
 * @file: name of the file
 * @text: what to write
 */
ssize_t fixture_driver_write(const char *file, const char *text)
{
	return in_dir(DRIVER_DIR, "", file, text);
}

static struct file *driver_open(const char *name, int flags)
{
	char *path = kasprintf(GFP_KERNEL, DRIVER_DIR "%s", name);
	struct file *file;

	if (!path)
		return ERR_PTR(-ENOMEM);
	file = filp_open(path, flags, 0);
	kfree(path);
	return file;
}

/**
 * fixture_driver_read() - cat .../drivers/pciback/FILE
 * @name: name of the file
 * @buf: for what it says, NUL-terminated
 * @size: room in @buf
 */
ssize_t fixture_driver_read(const char *name, char *buf, size_t size)
{
	struct file *file = driver_open(name, O_RDONLY);
	loff_t pos = 0;
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = kernel_read(file, buf, size - 1, &pos);
	buf[max_t(ssize_t, ret, 0)] = '\0';
	filp_close(file, NULL);
	return ret;
}

/**
 * fixture_driver_mode() - permissions of .../drivers/pciback/FILE
 * @name: name of the file
 */
int fixture_driver_mode(const char *name)
{
	struct file *file = driver_open(name, O_PATH);
	int mode;

	if (IS_ERR(file))
		return PTR_ERR(file);
	mode = file_inode(file)->i_mode & 0777;
	filp_close(file, NULL);
	return mode;
}

/**
 * fixture_debug_show() - read a file of debugfs that is open
 * @file: the file
 * @buf: for what it says, NUL-terminated
 * @size: room in @buf
 *
 * As debugfs does it for a process: kernel_read() is not for its files.
 */
int fixture_debug_show(struct file *file, char *buf, size_t size)
{
	struct seq_file *seq = file->private_data;
	int err = debugfs_file_get(file->f_path.dentry);

	if (err)
		return err;
	seq->buf = buf;
	seq->size = size - 1;
	seq->count = 0;
	err = seq->op->show(seq, NULL);
	buf[seq->count] = '\0';
	seq->buf = NULL;
	debugfs_file_put(file->f_path.dentry);
	return err;
}

/**
 * fixture_debug_read() - cat FILE, of debugfs
 * @path: its whole path
 * @buf: for what it says, NUL-terminated
 * @size: room in @buf
 */
int fixture_debug_read(const char *path, char *buf, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = fixture_debug_show(file, buf, size);
	filp_close(file, NULL);
	return err;
}

/**
 * fixture_name() - the name of a function
 * @fn: the function, known to the core
 *
 * Return: valid until the next call.
 */
const char *fixture_name(struct fake_pci_fn *fn)
{
	static char name[16];

	snprintf(name, sizeof(name), "%04x:%02x:%02x.%d", FAKE_PCI_DOMAIN,
		 fn->parent ? fake_pci_peek(fn->parent, PCI_SECONDARY_BUS, 1) : 0,
		 PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn));
	return name;
}

/**
 * fixture_fn_write() - echo -n TEXT > .../devices/FN/FILE
 * @fn: the function
 * @file: name of the file
 * @text: what to write
 */
ssize_t fixture_fn_write(struct fake_pci_fn *fn, const char *file, const char *text)
{
	char slash[32];

	snprintf(slash, sizeof(slash), "/%s", file);
	return in_dir(DEVICE_DIR, fixture_name(fn), slash, text);
}

ssize_t fixture_bind(struct fake_pci_fn *fn)
{
	return fixture_driver_write("bind", fixture_name(fn));
}

ssize_t fixture_unbind(struct fake_pci_fn *fn)
{
	return fixture_driver_write("unbind", fixture_name(fn));
}

/**
 * fixture_is_bound() - is the driver that of the function?
 * @fn: the function
 */
bool fixture_is_bound(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	bool bound = pdev && pdev->dev.driver == &pciback_pci_driver.driver;

	pci_dev_put(pdev);
	return bound;
}

/**
 * fixture_find() - the driver's record of a function
 * @fn: the function
 *
 * Return: the record, referenced, or NULL.
 */
struct pcistub_device *fixture_find(struct fake_pci_fn *fn)
{
	return pciback_device_find(FAKE_PCI_DOMAIN,
				   fn->parent ? fake_pci_peek(fn->parent, PCI_SECONDARY_BUS, 1) : 0,
				   fn->devfn);
}

/**
 * fixture_seize() - unbind, new_slot and bind
 * @test: fails if that does
 * @fn: the function
 *
 * Return: its record, referenced.
 */
struct pcistub_device *fixture_seize(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	/* A port has a driver of the host's. */
	device_release_driver(&pdev->dev);
	pci_dev_put(pdev);
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", fixture_name(fn)), 12);
	KUNIT_ASSERT_EQ(test, fixture_bind(fn), 12);
	dev = fixture_find(fn);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	return dev;
}

/**
 * fixture_write() - a guest writes configuration space
 * @dev: the function
 * @off: as the guest sent it
 * @size: likewise
 * @val: likewise
 */
void fixture_write(struct pcistub_device *dev, int off, int size, u32 val)
{
	mutex_lock(&dev->lock);
	pciback_device_conf_write(dev, off, size, val);
	mutex_unlock(&dev->lock);
}

/**
 * fixture_read() - a guest reads configuration space
 * @dev: the function
 * @off: as the guest sent it
 * @size: likewise
 */
u32 fixture_read(struct pcistub_device *dev, int off, int size)
{
	u32 val;

	mutex_lock(&dev->lock);
	pciback_device_conf_read(dev, off, size, &val);
	mutex_unlock(&dev->lock);
	return val;
}

/**
 * fixture_expect_same() - compare all registers of a function
 * @test: fails for each byte that differs
 * @fn: the function
 * @was: what is expected
 * @when: for the message
 */
void fixture_expect_same(struct kunit *test, struct fake_pci_fn *fn, const u8 *was,
			 const char *when)
{
	u8 *now = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, now);
	fake_pci_snapshot(fn, now);
	for (i = 0; i < fn->size; i++)
		KUNIT_EXPECT_EQ_MSG(test, now[i], was[i], "byte %#x, %s", i, when);
}
