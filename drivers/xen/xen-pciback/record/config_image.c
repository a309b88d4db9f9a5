// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A copy of a function's whole configuration space, taken when it has been reset and before
 * its first guest has it. After each later reset the registers are compared with it, bit for
 * bit, but for those that hardware changes by itself. Reads the function's registers; accesses
 * @seizure of its record.
 *
 * The PCI core restores what the specifications name. What a reset left otherwise, or what
 * it did not reset, is only found in this way.
 */
#include <linux/bits.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "record/config_image.h"
#include "record/record.h"
#include "record/stats.h"

/**
 * struct image_volatile - bits that may have another value after each reset
 * @cap: ID of the capability, or IMAGE_HEADER
 * @ext: it is an extended capability
 * @off: offset in it, a multiple of 4
 * @bits: the bits
 *
 * Constant; needs no lock.
 */
struct image_volatile {
	u16 cap;
	bool ext;
	u8 off;
	u32 bits;
};

/* In the place of a capability's ID: the header, which begins at offset 0. */
#define IMAGE_HEADER	0xffff

static const struct image_volatile volatile_bits[] = {
	/* STATUS: errors that happened, and whether INTx is asserted. */
	{ IMAGE_HEADER, false, PCI_COMMAND, 0xf9080000 },
	/* BIST: whether a self-test runs, and the result of the last one. */
	{ IMAGE_HEADER, false, PCI_CACHE_LINE_SIZE, 0x4f000000 },
	/* PMCSR: PME_Status, an event that happened. */
	{ PCI_CAP_ID_PM, false, PCI_PM_CTRL, PCI_PM_CTRL_PME_STATUS },
	/* The address and data of the last access to vital product data. */
	{ PCI_CAP_ID_VPD, false, 0, 0xffff0000 },
	{ PCI_CAP_ID_VPD, false, PCI_VPD_DATA, ~0u },
	/* PCI-X Status: errors, and the bus number in the last access to the function. */
	{ PCI_CAP_ID_PCIX, false, 0, 0xffff0000 },
	{ PCI_CAP_ID_PCIX, false, PCI_X_STATUS, ~0u },
	/* Device Status: errors, transactions pending, an emergency power reduction. */
	{ PCI_CAP_ID_EXP, false, PCI_EXP_DEVCTL, 0x006f0000 },
	/* Link Status: the link may have trained to another speed or width. */
	{ PCI_CAP_ID_EXP, false, PCI_EXP_LNKCTL, 0xefff0000 },
	/* Slot Status and Root Status of ports: events. */
	{ PCI_CAP_ID_EXP, false, PCI_EXP_SLTCTL, 0xffff0000 },
	{ PCI_CAP_ID_EXP, false, PCI_EXP_RTSTA, ~0u },
	/* The second ones of these; those of the link are about its last training. */
	{ PCI_CAP_ID_EXP, false, PCI_EXP_DEVCTL2, 0xffff0000 },
	{ PCI_CAP_ID_EXP, false, PCI_EXP_LNKCTL2, 0xffff0000 },
	{ PCI_CAP_ID_EXP, false, PCI_EXP_SLTCTL2, 0xffff0000 },
	/* Advanced Features Status: transactions pending. */
	{ PCI_CAP_ID_AF, false, PCI_AF_CTRL, PCI_AF_STATUS_TP << 8 },
	/* AER: errors that happened; the first of them, its header and prefixes; the source. */
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_UNCOR_STATUS, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_COR_STATUS, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_CAP, 0x0000081f },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_HEADER_LOG, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_HEADER_LOG + 4, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_HEADER_LOG + 8, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_HEADER_LOG + 12, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_ROOT_STATUS, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, PCI_ERR_ROOT_ERR_SRC, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, 0x38, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, 0x3c, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, 0x40, ~0u },
	{ PCI_EXT_CAP_ID_ERR, true, 0x44, ~0u },
	/* Virtual channels: whether arbitration tables are loaded, and negotiation is pending. */
	{ PCI_EXT_CAP_ID_VC, true, PCI_VC_PORT_CTRL, 0xffff0000 },
	{ PCI_EXT_CAP_ID_VC, true, 0x18, 0xffff0000 },
	{ PCI_EXT_CAP_ID_MFVC, true, PCI_VC_PORT_CTRL, 0xffff0000 },
	{ PCI_EXT_CAP_ID_MFVC, true, 0x18, 0xffff0000 },
	/* DPC: what triggered it last. */
	{ PCI_EXT_CAP_ID_DPC, true, PCI_EXP_DPC_STATUS, ~0u },
	{ PCI_EXT_CAP_ID_DPC, true, PCI_EXP_DPC_RP_PIO_STATUS, ~0u },
	/* Page requests: whether the function has stopped asking. */
	{ PCI_EXT_CAP_ID_PRI, true, PCI_PRI_CTRL, 0xffff0000 },
	/* Lane errors, and results of equalization of links at 8, 16 and 32 GT/s. */
	{ PCI_EXT_CAP_ID_SECPCI, true, 0x08, ~0u },
	{ PCI_EXT_CAP_ID_PL_16GT, true, 0x0c, ~0u },
	{ PCI_EXT_CAP_ID_PL_16GT, true, 0x10, ~0u },
	{ PCI_EXT_CAP_ID_PL_16GT, true, 0x14, ~0u },
	{ PCI_EXT_CAP_ID_PL_16GT, true, 0x18, ~0u },
	{ 0x2a, true, 0x0c, ~0u },
	/* Data Link Feature Status: what the other end of the link supports. */
	{ PCI_EXT_CAP_ID_DLF, true, 0x08, ~0u },
};

/* For a walk along the capabilities of an image; zero before the first. */
struct image_cap {
	int pos;
	u16 id;
	bool ext;
	int seen;
};

/* More than any function has: the lists of one that is broken may be loops. */
#define IMAGE_MAX_CAPS	(PCI_CFG_SPACE_EXP_SIZE / 8)

static u8 image_byte(const u32 *image, int pos)
{
	return image[pos / 4] >> 8 * (pos % 4);
}

/* The next capability, first of the list in the lower 256 bytes, then of the other one. */
static bool image_cap_next(const u32 *image, int size, struct image_cap *cap)
{
	u32 header;

	if (cap->seen++ > IMAGE_MAX_CAPS)
		return false;
	if (!cap->ext) {
		if (cap->pos)
			cap->pos = image_byte(image, cap->pos + PCI_CAP_LIST_NEXT);
		else if (image[PCI_STATUS / 4] & PCI_STATUS_CAP_LIST << 16)
			cap->pos = image_byte(image, PCI_CAPABILITY_LIST);
		cap->pos &= ~3;
		if (cap->pos >= PCI_STD_HEADER_SIZEOF) {
			cap->id = image_byte(image, cap->pos);
			return true;
		}
		cap->ext = true;
		cap->pos = PCI_CFG_SPACE_SIZE;
	} else {
		cap->pos = PCI_EXT_CAP_NEXT(image[cap->pos / 4]);
	}
	if (cap->pos < PCI_CFG_SPACE_SIZE || cap->pos >= size)
		return false;
	header = image[cap->pos / 4];
	cap->id = PCI_EXT_CAP_ID(header);
	return header && !PCI_POSSIBLE_ERROR(header);
}

/* Offset of an MSI capability's pending bits, 0 if it has none. PCIe r6.0 7.7.1. */
static int image_msi_pending(const u32 *image, int cap)
{
	u16 flags = image[cap / 4] >> 16;

	if (!(flags & PCI_MSI_FLAGS_MASKBIT))
		return 0;
	return cap + (flags & PCI_MSI_FLAGS_64BIT ? PCI_MSI_PENDING_64 : PCI_MSI_PENDING_32);
}

/**
 * struct image_bits - kinds of bits of a register
 * @changing: hardware changes them by itself
 * @essential: without them it is another function: IDs, header type, capabilities
 */
struct image_bits {
	u32 changing;
	u32 essential;
};

static void bits_add_changing(struct image_bits *bits, const struct image_cap *cap, int pos)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(volatile_bits); i++)
		if (volatile_bits[i].cap == cap->id && volatile_bits[i].ext == cap->ext &&
		    cap->pos + volatile_bits[i].off == pos)
			bits->changing |= volatile_bits[i].bits;
}

static struct image_bits image_bits(const u32 *image, int size, int pos)
{
	static const struct image_cap header = { .id = IMAGE_HEADER };
	struct image_bits bits = { };
	struct image_cap cap = { };

	bits_add_changing(&bits, &header, pos);
	if (pos == PCI_VENDOR_ID)
		bits.essential = ~0u;
	else if (pos == PCI_COMMAND)
		bits.essential = PCI_STATUS_CAP_LIST << 16;
	else if (pos == PCI_CACHE_LINE_SIZE)
		bits.essential = PCI_HEADER_TYPE_MASK << 16;
	else if (pos == PCI_CAPABILITY_LIST)
		bits.essential = 0xff;
	/* Secondary Status of a bridge: errors that happened. */
	if (pos == PCI_IO_BASE && (image[PCI_CACHE_LINE_SIZE / 4] >> 16 & PCI_HEADER_TYPE_MASK) ==
	    PCI_HEADER_TYPE_BRIDGE)
		bits.changing |= 0xf9000000;

	while (image_cap_next(image, size, &cap)) {
		bits_add_changing(&bits, &cap, pos);
		if (pos == cap.pos)
			bits.essential |= cap.ext ? ~0u : 0xffff;
		if (!cap.ext && cap.id == PCI_CAP_ID_MSI &&
		    pos == image_msi_pending(image, cap.pos))
			bits.changing = ~0u;
	}
	return bits;
}

static u32 *image_take(struct pci_dev *pdev)
{
	u32 *image = kmalloc(pdev->cfg_size, GFP_KERNEL);
	int pos;

	for (pos = 0; image && pos < pdev->cfg_size; pos += 4)
		pci_read_config_dword(pdev, pos, &image[pos / 4]);
	return image;
}

static int image_compare(struct pcistub_device *dev)
{
	const u32 *image = dev->seizure.image;
	struct pci_dev *pdev = dev->pdev;
	int pos, first = 0, nr = 0;
	bool essential = false;
	u32 first_val = 0, val;

	for (pos = 0; pos < pdev->cfg_size; pos += 4) {
		struct image_bits bits;

		pci_read_config_dword(pdev, pos, &val);
		if (val == image[pos / 4])
			continue;
		bits = image_bits(image, pdev->cfg_size, pos);
		val = (val & ~bits.changing) | (image[pos / 4] & bits.changing);
		if (val == image[pos / 4])
			continue;
		/* What is logged is the first difference, or the first that is an error. */
		if (!nr++ || (!essential && (val ^ image[pos / 4]) & bits.essential)) {
			first = pos;
			first_val = val;
		}
		essential |= (val ^ image[pos / 4]) & bits.essential;
	}
	if (!nr)
		return 0;
	pciback_stat_inc(dev->stats, DEVICE_STAT_CONFIG_DIFFERENCES);
	/* A guest may cause resets, by closing its frontend again and again. */
	dev_warn_ratelimited(&pdev->dev,
			     "%s: %d registers differ after a reset, 0x%03x is 0x%08x, should be 0x%08x\n",
			     essential ? "not the same function" : "not as after its first reset",
			     nr, first, first_val, image[first / 4]);
	return essential ? -EIO : 0;
}

/**
 * pciback_image_note() - take the copy that later resets are compared with
 * @dev: a clean function that is about to be assigned for the first time
 *
 * Not at seizure, where many functions may be seized while the host boots: reading all of
 * configuration space takes longer than all else but the reset. Without memory nothing will
 * be compared.
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_image_note(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	if (!dev->seizure.image)
		dev->seizure.image = image_take(dev->pdev);
}

/**
 * pciback_image_check() - compare configuration space with the copy
 * @dev: a function that no guest uses, reset and restored, with bus mastering off
 *
 * A register that differs is logged, one line for each reset, and counted.
 *
 * Context: may sleep. Caller holds device_lock().
 * Return: 0; -EIO: the vendor or device ID, the type of the header or the list of
 * capabilities differs.
 */
int pciback_image_check(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	return dev->seizure.image ? image_compare(dev) : 0;
}
