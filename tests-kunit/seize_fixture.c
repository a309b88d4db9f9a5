// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The fixture of seize_fixture.h: its functions, the driver, files in sysfs and debugfs. */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
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

static void fn_describe_pcie(struct fake_pci_fn *fn, int type)
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

static void fixture_describe(struct seize_fixture *f)
{
	fn_describe_pcie(f->fn[CARD], PCI_EXP_TYPE_RC_END);
	fn_describe_pcie(f->fn[CARD_1], PCI_EXP_TYPE_RC_END);
	fn_describe_pcie(f->fn[BELOW], PCI_EXP_TYPE_ENDPOINT);
	fn_describe_pcie(f->fn[BELOW_1], PCI_EXP_TYPE_ENDPOINT);
	fake_pci_cap_exp(f->fn[PORT], 0x40, PCI_EXP_TYPE_ROOT_PORT, false);

	fake_pci_bar_mem(f->fn[CONV_AF], 0, 0x100);
	fake_pci_cap_msi(f->fn[CONV_AF], 0x50, 0);
	fake_pci_cap_af(f->fn[CONV_AF], 0x60, true);

	fake_pci_bar_mem(f->fn[CONV], 0, 0x100);

	fake_pci_bar_mem(f->fn[CONV_PM_RESET], 0, 0x100);
	fake_pci_cap_pm(f->fn[CONV_PM_RESET], 0x40, 3, true);

	fake_pci_cap_pm(f->fn[CONV_PM], 0x40, 3, false);
}

static const struct {
	u8 devfn;
	u16 device;
} fixture_fns[NR_FIXTURE_FNS] = {
	[CARD] = { PCI_DEVFN(3, 0), 0x10f0 },
	[CARD_1] = { PCI_DEVFN(3, 1), 0x10f1 },
	[PORT] = { PCI_DEVFN(4, 0), 0x0001 },
	[CONV_AF] = { PCI_DEVFN(5, 0), 0x10f2 },
	[CONV] = { PCI_DEVFN(6, 0), 0x10f3 },
	[CONV_PM_RESET] = { PCI_DEVFN(7, 0), 0x10f4 },
	[CONV_PM] = { PCI_DEVFN(8, 0), 0x10f7 },
	[BELOW] = { PCI_DEVFN(0, 0), 0x10f5 },
	[BELOW_1] = { PCI_DEVFN(0, 1), 0x10f6 },
};

static void fixture_guest_release(struct kref *ref)
{
	struct fixture_guest *guest = container_of(ref, struct fixture_guest, owner.ref);

	guest->released = true;
}

static void fixture_guest_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	container_of(owner, struct fixture_guest, owner)->revoked++;
}

static void fixture_guest_expect_detach(struct pciback_owner *owner)
{
	container_of(owner, struct fixture_guest, owner)->detaches_expected++;
}

static unsigned int fixture_guest_request_detach(struct pciback_owner *owner)
{
	struct fixture_guest *guest = container_of(owner, struct fixture_guest, owner);

	guest->detaches_requested++;
	if (guest->detaches && pciback_device_deassign_begin(guest->detaches, owner))
		pciback_device_deassign_later(guest->detaches, owner);
	return guest->detach_ms;
}

/**
 * fixture_guest_init() - initialise an owner to assign functions to
 * @guest: the owner
 * @domid: its domain
 */
void fixture_guest_init(struct fixture_guest *guest, domid_t domid)
{
	*guest = (struct fixture_guest){ };
	kref_init(&guest->owner.ref);
	guest->owner.domid = domid;
	guest->owner.ops = &guest->ops;
	guest->ops.release = fixture_guest_release;
	guest->ops.revoke = fixture_guest_revoke;
	guest->ops.expect_detach = fixture_guest_expect_detach;
	guest->ops.request_detach = fixture_guest_request_detach;
}

/**
 * fixture_driver_start() - what the module's init does, without the xenbus driver
 * @f: the fixture
 *
 * Context: may sleep; waits until the functions of the slot list are seized.
 * Return: 0 or an error.
 */
int fixture_driver_start(struct seize_fixture *f)
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
	f->driver = true;
	err = pciback_sysfs_init(&pciback_pci_driver.driver);
	if (err)
		return err;
	f->sysfs = true;
	async_synchronize_full();
	return 0;
}

/**
 * fixture_driver_stop() - what the module's exit does, without the xenbus driver
 * @f: the fixture
 *
 * Context: may sleep.
 */
void fixture_driver_stop(struct seize_fixture *f)
{
	if (f->sysfs)
		pciback_sysfs_exit(&pciback_pci_driver.driver);
	f->sysfs = false;
	if (f->driver) {
		pciback_hotplug_exit();
		pciback_stub_unregister();
	}
	f->driver = false;
	pciback_slots_clear();
	pciback_stat_exit();
}

/**
 * seize_fixture_init() - init of a suite
 * @test: its priv becomes the fixture
 *
 * Context: may sleep.
 * Return: 0; what fails is an assertion of @test.
 */
int seize_fixture_init(struct kunit *test)
{
	struct seize_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	fake_pci_host_init(&f->host);
	fixture_guest_init(&f->guest, 7);
	test->priv = f;
	for (i = 0; i < NR_FIXTURE_FNS; i++) {
		struct fake_pci_fn *parent = i == BELOW || i == BELOW_1 ? f->fn[PORT] : NULL;

		if (i == PORT)
			f->fn[i] = fake_pci_add_bridge(&f->host, parent, fixture_fns[i].devfn,
						       fixture_fns[i].device);
		else
			f->fn[i] = fake_pci_add_endpoint(&f->host, parent, fixture_fns[i].devfn,
							 fixture_fns[i].device);
		KUNIT_ASSERT_NOT_NULL(test, f->fn[i]);
	}
	fixture_describe(f);
	KUNIT_ASSERT_EQ(test, fake_pci_host_probe(&f->host), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
	return 0;
}

/**
 * seize_fixture_exit() - exit of a suite
 * @test: has the fixture; fails if the driver still has a reference to its owner
 *
 * Context: may sleep.
 */
void seize_fixture_exit(struct kunit *test)
{
	struct seize_fixture *f = test->priv;

	if (!f)
		return;
	fixture_driver_stop(f);
	fake_pci_host_remove(&f->host);
	/* The owner is freed with the fixture, so no reference may be left. */
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	KUNIT_EXPECT_FALSE(test, f->guest.released);
}

/**
 * fixture_set_up() - set the registers of a function as a host leaves them
 * @fn: the function
 * @host: the values; those of capabilities it does not have are ignored
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

static ssize_t dir_file_write(const char *dir, const char *fn, const char *file, const char *text)
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
 * @file: name of the file, relative to the driver's folder
 * @text: what to write
 *
 * Context: may sleep.
 * Return: the number of bytes written, or what the file returned.
 */
ssize_t fixture_driver_write(const char *file, const char *text)
{
	return dir_file_write(DRIVER_DIR, "", file, text);
}

static struct file *driver_file_open(const char *name, int flags)
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
 * @name: name of the file, relative to the driver's folder
 * @buf: for the text, NUL-terminated
 * @size: of @buf
 *
 * Context: may sleep.
 * Return: the length of the text, or what the file returned.
 */
ssize_t fixture_driver_read(const char *name, char *buf, size_t size)
{
	struct file *file = driver_file_open(name, O_RDONLY);
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
 *
 * Context: may sleep.
 * Return: the permission bits, or an error of opening it.
 */
int fixture_driver_mode(const char *name)
{
	struct file *file = driver_file_open(name, O_PATH);
	int mode;

	if (IS_ERR(file))
		return PTR_ERR(file);
	mode = file_inode(file)->i_mode & 0777;
	filp_close(file, NULL);
	return mode;
}

/**
 * fixture_debug_show() - read an open file of debugfs
 * @file: the file
 * @buf: for the text, NUL-terminated
 * @size: of @buf
 *
 * Does what debugfs does for a process: kernel_read() does not work on its files.
 *
 * Context: may sleep.
 * Return: 0, -EIO if the file was removed, or what its show function returned.
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
 * fixture_debug_read() - cat a file of debugfs
 * @path: its absolute path
 * @buf: for the text, NUL-terminated
 * @size: of @buf
 *
 * Context: may sleep.
 * Return: 0, an error of opening it, or what its show function returned.
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
 * fixture_name() - the name of a function, as pci_name()
 * @fn: the function
 *
 * Return: a static buffer that the next call overwrites.
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
 *
 * Context: may sleep.
 * Return: the number of bytes written, or what the file returned.
 */
ssize_t fixture_fn_write(struct fake_pci_fn *fn, const char *file, const char *text)
{
	char slash[32];

	snprintf(slash, sizeof(slash), "/%s", file);
	return dir_file_write(DEVICE_DIR, fixture_name(fn), slash, text);
}

/**
 * fixture_bind() - bind a function to the driver
 * @fn: the function
 *
 * Context: may sleep.
 * Return: 12, the length of its name, or what the file "bind" returned.
 */
ssize_t fixture_bind(struct fake_pci_fn *fn)
{
	return fixture_driver_write("bind", fixture_name(fn));
}

/**
 * fixture_unbind() - unbind a function from the driver
 * @fn: the function
 *
 * Context: may sleep.
 * Return: 12, the length of its name, or what the file "unbind" returned.
 */
ssize_t fixture_unbind(struct fake_pci_fn *fn)
{
	return fixture_driver_write("unbind", fixture_name(fn));
}

/**
 * fixture_is_bound() - is a function bound to the driver?
 * @fn: the function
 *
 * Return: true if it is.
 */
bool fixture_is_bound(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	bool bound = pdev && pdev->dev.driver == &pciback_pci_driver.driver;

	pci_dev_put(pdev);
	return bound;
}

/**
 * fixture_find() - the driver's record of a seized function
 * @fn: the function
 *
 * Return: the record, with a reference for the caller, or NULL.
 */
struct pcistub_device *fixture_find(struct fake_pci_fn *fn)
{
	return pciback_device_find(FAKE_PCI_DOMAIN,
				   fn->parent ? fake_pci_peek(fn->parent, PCI_SECONDARY_BUS, 1) : 0,
				   fn->devfn);
}

/**
 * fixture_seize() - seize a function: unbind it, enter it in new_slot, bind it
 * @test: fails if one of these fails
 * @fn: the function
 *
 * Context: may sleep.
 * Return: its record, with a reference for the caller.
 */
struct pcistub_device *fixture_seize(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	/* The host's port driver is bound to a port. */
	device_release_driver(&pdev->dev);
	pci_dev_put(pdev);
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", fixture_name(fn)), 12);
	KUNIT_ASSERT_EQ(test, fixture_bind(fn), 12);
	dev = fixture_find(fn);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	return dev;
}

/**
 * fixture_write() - write configuration space as a guest does
 * @dev: the function
 * @off: offset, not checked
 * @size: in bytes, not checked
 * @val: the value
 *
 * Context: may sleep; takes @dev->lock.
 */
void fixture_write(struct pcistub_device *dev, int off, int size, u32 val)
{
	pciback_device_conf_write(dev, off, size, val);
}

/**
 * fixture_read() - read configuration space as a guest does
 * @dev: the function
 * @off: offset, not checked
 * @size: in bytes, not checked
 *
 * Context: may sleep; takes @dev->lock.
 * Return: the value.
 */
u32 fixture_read(struct pcistub_device *dev, int off, int size)
{
	u32 val;

	pciback_device_conf_read(dev, off, size, &val);
	return val;
}

/**
 * fixture_expect_same() - expect certain values of all registers of a function
 * @test: fails for each byte that differs
 * @fn: the function
 * @was: the expected bytes, a snapshot of earlier
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
